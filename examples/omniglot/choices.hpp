// SPDX-License-Identifier: BSL-1.0
// What is chosen at compile time: the enumerators, and the names that people write.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace omniglot {

enum class algorithm { maml, fomaml, reptile, anil, boil, meta_sgd, maml_plus_plus, proto, matching, relation, r2d2 };
inline constexpr std::array<std::string_view, 11> algorithm_names{
    "maml", "fomaml", "reptile", "anil", "boil", "meta_sgd", "maml++", "proto", "matching", "relation", "r2d2"};

enum class model { dense, conv4, conv4_strided };
inline constexpr std::array<std::string_view, 3> model_names{"dense", "conv4", "conv4_strided"};

// Whose statistics normalize the query drawings. per_step: averages kept for each inner step, MAML++ alone.
enum class normalization { transductive, support_statistics, per_step };
inline constexpr std::array<std::string_view, 3> normalization_names{"transductive", "support_statistics", "per_step"};

// How episodes of tests are made. five_queries: five drawings of each class are asked, and a turn of a character is a
// class of its own. maml: as many as were given, each character once, in a turn at random (the code of
// Finn et al. 2017). reptile: one of each, of characters as they are written (the code of Nichol et al. 2018).
enum class protocol { five_queries, maml, reptile };
inline constexpr std::array<std::string_view, 3> protocol_names{"five_queries", "maml", "reptile"};

constexpr std::string_view name_of(algorithm a) { return algorithm_names[static_cast<std::size_t>(a)]; }
constexpr std::string_view name_of(model m) { return model_names[static_cast<std::size_t>(m)]; }
constexpr std::string_view name_of(normalization n) { return normalization_names[static_cast<std::size_t>(n)]; }
constexpr std::string_view name_of(protocol p) { return protocol_names[static_cast<std::size_t>(p)]; }

// 5w1s: five ways, one shot.
inline std::string shape_name(std::size_t ways, std::size_t shots) {
    return std::to_string(ways) + "w" + std::to_string(shots) + "s";
}

// The name of a combination, as in parts.txt.
inline std::string part_name(algorithm a, model m, std::size_t ways, std::size_t shots) {
    return std::string(name_of(a)).append("_").append(name_of(m)).append("_") + shape_name(ways, shots);
}

// Learns an embedding and no adaptation: trained on other episodes than it is tested on.
constexpr bool compares(algorithm a) { return a >= algorithm::proto; }

}  // namespace omniglot
