// SPDX-License-Identifier: BSL-1.0
// episode_picture: one episode as an SVG: its drawings, what they were taken for, and a map of their features.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace omniglot {

// Shapes: pixels (28, 28), ink is 1; features (any number, the same for all drawings).
struct pictured_drawing {
    std::vector<float> pixels{};
    std::vector<double> features{};
    std::size_t label = 0;
    std::size_t predicted = 0;
};

struct episode_picture {
    std::string title{};
    std::size_t ways = 0;
    std::vector<pictured_drawing> support{}, queries{};
};

// The first two principal components of the rows, each scaled into [-1, 1] by one factor for both.
std::vector<std::pair<double, double>> principal_components(const std::vector<std::vector<double>>& rows);

// A row for each class: support drawings, then query drawings with the class that they were taken for, framed where
// that is wrong. Beside them the map: support drawings as letters in circles, query drawings as letters of their true
// class, framed where they were taken for another; without those whose features are not finite.
std::string svg_of(const episode_picture& picture);

}  // namespace omniglot
