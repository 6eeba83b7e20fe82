// SPDX-License-Identifier: BSL-1.0
// The probes: what each is told, and what it finds. Each is in a file of its own.
#pragma once

#include <priori/io/plot.hpp>
#include <priori/train/progress_bar.hpp>
#include <priori/train/settings.hpp>

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace probes {

namespace pr = priori;

struct plan {
    std::uint64_t seed = 1;
    std::uint64_t iterations = 0;
    double minutes = 0;
    std::size_t threads = 1;
    bool quiet = false;
    std::stop_token stop{};

    pr::train_settings training(std::size_t meta_batch) const {
        return {
            .iterations = iterations, .meta_batch = meta_batch, .threads = threads, .minutes = minutes, .stop = stop};
    }
    pr::progress_bar progress() const { return pr::progress_bar({.quiet = quiet}); }
};

struct outcome {
    pr::training_report report{};
    std::vector<std::pair<std::string, double>> results{};
    pr::line_plot plot{};
};

// Latent embedding optimization on Gaussian blobs.
outcome leo(const plan& p);
// A learned optimizer on random quadratics.
outcome lstm(const plan& p);
// Closed forms over an embedding of Gaussian blobs that is learned.
outcome prototypes(const plan& p);
outcome ridge(const plan& p);

}  // namespace probes
