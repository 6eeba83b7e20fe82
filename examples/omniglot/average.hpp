// SPDX-License-Identifier: BSL-1.0
// The average of a training's parameters.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/safetensors.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace omniglot {

namespace pr = priori;

// The average of the parameters of all iterations, later ones counting more: after t of them the newest has the weight
// (eta + 1) / (t + eta). It stands where a falling rate would lead, whenever the training ends.
// Reference: Shamir and Zhang 2013, section 4 (polynomial-decay averaging), eta = 8.
class parameter_average {
public:
    void add(std::span<const float> parameters) {
        constexpr float eta = 8;
        ++count_;
        if (values_.empty()) values_.assign(parameters.begin(), parameters.end());
        const float weight = std::min(1.0f, (eta + 1) / (static_cast<float>(count_) + eta));
        for (std::size_t i = 0; i < values_.size(); ++i) values_[i] += weight * (parameters[i] - values_[i]);
    }

    // Empty before the first.
    const std::vector<float>& values() const { return values_; }

    // Into a file of --save, whose parameters are the average: what was added last, flat in the order of the layout, as
    // "average.last", and "average.count".
    void add_to(pr::tensor_file& file, std::span<const float> last) const {
        if (values_.empty()) return;
        file.tensors.push_back({last_name, {last.size()}, std::vector<float>(last.begin(), last.end())});
        file.tensors.push_back({count_name, {1}, std::vector<double>{static_cast<double>(count_)}});
    }

    static bool is_in(const pr::tensor_file& file) {
        return std::ranges::find(file.tensors, last_name, &pr::named_tensor::name) != file.tensors.end();
    }

    // From a file of --load whose parameters these are: if it has an average, they become what was added last, and with
    // goes_on it is averaged further.
    // Throws: priori::error (mismatch, bad_value) for an average that does not fit.
    void take_from(const pr::tensor_file& file, std::span<float> parameters, const std::string& source, bool goes_on) {
        if (!is_in(file)) return;
        const std::span<const float> last = file.tensor(last_name).values<float>();
        const std::span<const double> count = file.tensor(count_name).values<double>();
        if (last.size() != parameters.size() || count.size() != 1)
            pr::fail(pr::error_kind::mismatch,
                     "'" + source + "': '" + last_name + "' and '" + count_name + "' hold " +
                         std::to_string(last.size()) + " and " + std::to_string(count.size()) + " numbers, expected " +
                         std::to_string(parameters.size()) + " and 1; save the average anew.");
        constexpr double most = 1e15;  // whole numbers up to there are doubles
        if (!(count[0] >= 1 && count[0] <= most && count[0] == std::floor(count[0])) ||
            !std::ranges::all_of(last, [](float x) { return std::isfinite(x); }))
            pr::fail(pr::error_kind::bad_value, "'" + source + "': '" + last_name + "' is not finite, or '" +
                                                    count_name + "' no number of iterations; save the average anew.");
        if (goes_on) {
            values_.assign(parameters.begin(), parameters.end());
            count_ = static_cast<std::uint64_t>(count[0]);
        }
        std::ranges::copy(last, parameters.begin());
    }

private:
    static constexpr const char* last_name = "average.last";
    static constexpr const char* count_name = "average.count";

    std::uint64_t count_ = 0;
    std::vector<float> values_;
};

}  // namespace omniglot
