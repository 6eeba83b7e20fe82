// SPDX-License-Identifier: BSL-1.0
// The parameters that predict together.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/safetensors.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace omniglot {

namespace pr = priori;

// The best parameters so far by accuracy on validation classes, the best first.
class best_parameters {
public:
    explicit best_parameters(std::size_t count) : count_(count) {}

    void offer(double accuracy, std::span<const float> parameters) {
        if (count_ == 0 || (kept_.size() == count_ && kept_.back().first >= accuracy)) return;
        if (kept_.size() == count_) kept_.pop_back();
        const auto place = std::ranges::find_if(kept_, [&](const auto& each) { return each.first < accuracy; });
        kept_.insert(place, {accuracy, std::vector<float>(parameters.begin(), parameters.end())});
    }

    // Those, or the parameters given where none were kept.
    std::vector<std::vector<float>> members(std::span<const float> otherwise) const {
        std::vector<std::vector<float>> found;
        for (const auto& each : kept_) found.push_back(each.second);
        if (found.empty()) found.emplace_back(otherwise.begin(), otherwise.end());
        return found;
    }

    // Into a file of --save, beside the last parameters: "member.0" and so on, flat in the order of the layout, and
    // "member.accuracies".
    void add_to(pr::tensor_file& file) const {
        if (kept_.empty()) return;
        std::vector<double> accuracies;
        for (const auto& [accuracy, parameters] : kept_) {
            file.tensors.push_back({tensor_name(accuracies.size()), {parameters.size()}, parameters});
            accuracies.push_back(accuracy);
        }
        file.tensors.push_back({accuracies_name, {accuracies.size()}, std::move(accuracies)});
    }

    // From a file of --load, each of `size` numbers. keeps_all: as many are kept from now on, if those are more.
    // Throws: priori::error (mismatch, bad_value) for members that do not fit.
    void take_from(const pr::tensor_file& file, std::size_t size, const std::string& source, bool keeps_all) {
        if (std::ranges::find(file.tensors, accuracies_name, &pr::named_tensor::name) == file.tensors.end()) return;
        const std::span<const double> accuracies = file.tensor(accuracies_name).values<double>();
        if (keeps_all) count_ = std::max(count_, accuracies.size());
        for (std::size_t i = 0; i < accuracies.size(); ++i) {
            const std::span<const float> member = file.tensor(tensor_name(i)).values<float>();
            if (member.size() != size)
                pr::fail(pr::error_kind::mismatch, "'" + source + "': '" + tensor_name(i) + "' holds " +
                                                       std::to_string(member.size()) + " numbers, expected " +
                                                       std::to_string(size) + "; save the ensemble anew.");
            if (!std::isfinite(accuracies[i]) || !std::ranges::all_of(member, [](float x) { return std::isfinite(x); }))
                pr::fail(pr::error_kind::bad_value, "'" + source + "': '" + tensor_name(i) +
                                                        "' or its accuracy is not finite; save the ensemble anew.");
            offer(accuracies[i], member);
        }
    }

private:
    static constexpr const char* accuracies_name = "member.accuracies";
    static std::string tensor_name(std::size_t i) { return "member." + std::to_string(i); }

    std::size_t count_;
    std::vector<std::pair<double, std::vector<float>>> kept_;
};

}  // namespace omniglot
