// SPDX-License-Identifier: BSL-1.0
// save, load: a learner's parameters and outer state in a file; write_header: its parameters for an adapter.
#pragma once

#include <priori/core/error.hpp>
#include <priori/core/sentence.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/header_export.hpp>
#include <priori/io/safetensors.hpp>
#include <priori/meta/signature.hpp>
#include <priori/tensor/layout.hpp>
#include <priori/train/detail/no_learner.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace priori {

// What a file said beside the parameters.
struct checkpoint {
    std::uint64_t iteration = 0;
    std::uint64_t seed = 0;        // a learner that shall go on bit for bit is made with this seed
    bool has_outer_state = false;  // it was there, for this outer rule, and was taken over
};

// What the user wants to know again of a training, such as the data that it saw: names and texts.
using checkpoint_notes = std::vector<std::pair<std::string, std::string>>;

namespace detail {

template <class Shape>
std::vector<std::size_t> extents_of() {
    return {Shape::extents.begin(), Shape::extents.end()};
}

// f(name, numbers) for every outer state that keeps some: one, or one of each phase.
template <class Learner, class F>
void each_outer_state(Learner& learner, const F& f) {
    const auto look = [&](std::string_view name, auto& state) {
        if constexpr (std::remove_cvref_t<decltype(state)>::rule_type::slots > 0) {
            f(name, std::span(state.slots.elements, std::size(state.slots.elements)));
        }
    };
    if constexpr (requires { learner.outer_state().slots.elements; }) {
        look("outer.state", learner.outer_state());
    } else if constexpr (requires { learner.outer_state().second.slots.elements; }) {
        look("outer.first.state", learner.outer_state().first);
        look("outer.second.state", learner.outer_state().second);
    }
}

// The name of an outer rule: its own, or that of the rule inside of detached(...).
template <class Rule>
std::string rule_kind() {
    if constexpr (requires { Rule::kind.view(); }) {
        return std::string(Rule::kind.view());
    } else if constexpr (requires(const Rule& rule) { rule.optimizer; }) {
        return rule_kind<std::remove_cvref_t<decltype(std::declval<const Rule&>().optimizer)>>();
    } else {
        return "none";
    }
}

template <class Learner>
bool keeps_outer_state(Learner& learner) {
    bool any = false;
    each_outer_state(learner, [&](std::string_view, auto) { any = true; });
    return any;
}

// The iteration that found the outer state empty: 0, but where a file of another outer rule was loaded.
template <class Learner>
std::uint64_t outer_begun(const Learner& learner) {
    if constexpr (requires { learner.outer_state().begun; }) {
        return learner.outer_state().begun;
    } else if constexpr (requires { learner.outer_state().first.begun; }) {
        return learner.outer_state().first.begun;
    } else {
        return 0;
    }
}
template <class Learner>
void begin_outer(Learner& learner, std::uint64_t iteration) {
    if constexpr (requires { learner.outer_state().begun; }) {
        learner.outer_state().begun = iteration;
    } else if constexpr (requires { learner.outer_state().first.begun; }) {
        const std::uint64_t after = learner.description().after;
        learner.outer_state().first.begun = iteration;
        learner.outer_state().second.begun = iteration > after ? iteration - after : 0;
    }
}

// The outer rule whose state can be kept, both rules of two phases, or "none".
template <class Learner>
std::string outer_kind() {
    if constexpr (requires(Learner& learner) { learner.algorithm().outer.optimizer; }) {
        using rule = std::remove_cvref_t<decltype(std::declval<Learner&>().algorithm().outer.optimizer)>;
        return rule_kind<rule>();
    } else if constexpr (requires(Learner& learner) {
                             learner.description().first.outer.optimizer;
                             learner.description().second.outer.optimizer;
                         }) {
        using both = typename Learner::given_type;
        using first = std::remove_cvref_t<decltype(std::declval<both&>().first.outer.optimizer)>;
        using second = std::remove_cvref_t<decltype(std::declval<both&>().second.outer.optimizer)>;
        return rule_kind<first>() + " then " + rule_kind<second>();
    } else {
        return "none";
    }
}

inline std::uint64_t whole_number(const tensor_file& file, std::string_view key, const std::string& source) {
    const std::string* text = file.find_metadata(key);
    std::uint64_t value = 0;
    if (text == nullptr)
        fail(error_kind::mismatch,
             source + ": the metadata have no " + in_quotes(key) + "; expected a file that save wrote.");
    const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (code != std::errc{} || end != text->data() + text->size())
        fail(error_kind::bad_file,
             source + ": " + in_quotes(key) + " is " + in_quotes(*text) + ", expected a whole number.");
    return value;
}

// The words from the first one that differs on.
inline std::string from_difference(std::string_view text, std::string_view other) {
    const auto split = std::mismatch(text.begin(), text.end(), other.begin(), other.end()).first;
    std::size_t at = static_cast<std::size_t>(split - text.begin());
    while (at > 0 && text[at - 1] != ' ') --at;
    return at < text.size() ? in_quotes(text.substr(at)) : "nothing more";
}

inline void require_signature(const tensor_file& file, std::string_view expected, const std::string& source) {
    const std::string* found = file.find_metadata("signature");
    if (found == nullptr)
        fail(error_kind::mismatch, source + ": the metadata have no 'signature'; expected a file that save wrote.");
    if (*found != expected)
        fail(error_kind::mismatch, source + ": the parameters belong to another description: expected " +
                                       from_difference(expected, *found) + ", found " +
                                       from_difference(*found, expected) +
                                       "; load it into a learner of the description "
                                       "that it was saved from, or take its parameters over by transfer.");
}

template <class T>
std::span<const T> checked_values(const tensor_file& file, std::string_view name, std::size_t size,
                                  const std::string& source) {
    const std::span<const T> values = file.tensor(name).template values<T>();
    if (values.size() != size)
        fail(error_kind::mismatch, source + ": " + in_quotes(name) + " holds " + std::to_string(values.size()) +
                                       " numbers, expected " + std::to_string(size) + ".");
    for (const T x : values)
        if (!std::isfinite(x))
            fail(error_kind::bad_value, source + ": " + in_quotes(name) +
                                            " holds a number that is not finite; the learner "
                                            "is left as it was.");
    return values;
}

}  // namespace detail

// One tensor for every named block, with its shape; the outer rule's state as "outer.state", of two phases as
// "outer.first.state" and "outer.second.state"; the signature, iteration and seed as metadata, and a
// note NAME as the text "note.NAME" of the metadata. What load reads may have tensors of other names beside these.
// Example: auto file = checkpoint_of(learner); file.tensors.push_back(mine); write_safetensors("learned", file);
template <class Learner>
tensor_file checkpoint_of(const Learner& learner, const checkpoint_notes& notes = {}) {
    using T = typename Learner::program_type::scalar;
    tensor_file file;
    file.metadata = {{"format", "priori"},
                     {"signature", std::string(signature_of<Learner>)},
                     {"iteration", std::to_string(learner.iteration())},
                     {"seed", std::to_string(learner.initial_seed().value)},
                     {"outer", detail::outer_kind<const Learner>()}};
    if (const std::uint64_t begun = detail::outer_begun(learner); begun > 0)
        file.metadata.emplace_back("outer_begun", std::to_string(begun));
    for (const auto& [name, text] : notes) {
        file.metadata.emplace_back("note.", text);
        file.metadata.back().first.append(name);
    }
    const std::span<const T> all = learner.parameters().all();
    const auto append = [&]<class... Blocks>(std::type_identity<layout<Blocks...>>) {
        std::size_t at = 0;
        ((file.tensors.push_back({std::string(Blocks::name.view()), detail::extents_of<typename Blocks::shape_type>(),
                                  std::vector<T>(all.begin() + at, all.begin() + at + Blocks::size)}),
          at += Blocks::size),
         ...);
    };
    append(std::type_identity<typename Learner::layout_type>{});
    detail::each_outer_state(learner, [&](std::string_view name, auto numbers) {
        file.tensors.push_back({std::string(name), {numbers.size()}, std::vector<T>(numbers.begin(), numbers.end())});
    });
    return file;
}

// Writes checkpoint_of. The file appears whole or not at all.
// Throws: error (missing_file) when it cannot be written.
template <class Learner>
void save(const Learner& learner, const std::filesystem::path& path, const checkpoint_notes& notes = {}) {
    constexpr auto text = detail::no_learner<Learner, "save">;
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    if constexpr (text.length == 0) write_safetensors(path, checkpoint_of(learner, notes));
}

namespace detail {

template <class Learner>
checkpoint loaded(Learner& learner, const std::filesystem::path& path) {
    using T = typename Learner::program_type::scalar;
    using layout = typename Learner::layout_type;
    const tensor_file file = read_safetensors(path);
    const std::string source = "'" + shown_path(path) + "'";
    require_signature(file, signature_of<Learner>, source);
    checkpoint result{whole_number(file, "iteration", source), whole_number(file, "seed", source),
                      false};
    std::vector<std::span<const T>> blocks;
    for (std::size_t b = 0; b < layout::count; ++b)
        blocks.push_back(checked_values<T>(file, layout::names[b], layout::sizes[b], source));
    std::vector<std::span<const T>> states;
    std::uint64_t begun = result.iteration;
    const std::string* outer = file.find_metadata("outer");
    const bool same_rule = outer != nullptr && *outer == outer_kind<Learner>();
    result.has_outer_state = same_rule && *outer != "none";
    if (result.has_outer_state || (same_rule && !keeps_outer_state(learner))) {
        begun = file.find_metadata("outer_begun") ? whole_number(file, "outer_begun", source) : 0;
        if (begun > result.iteration)
            fail(error_kind::bad_file, source + ": 'outer_begun' is " + std::to_string(begun) + ", expected at most " +
                                           "the iteration, " + std::to_string(result.iteration) + ".");
    }
    if (result.has_outer_state) {
        each_outer_state(learner, [&](std::string_view name, auto numbers) {
            states.push_back(checked_values<T>(file, name, numbers.size(), source));
        });
    }

    const auto theta = learner.parameters().all();
    for (std::size_t b = 0; b < layout::count; ++b)
        std::copy(blocks[b].begin(), blocks[b].end(), theta.begin() + static_cast<std::ptrdiff_t>(layout::offsets[b]));
    std::size_t taken = 0;
    each_outer_state(learner, [&](std::string_view, auto numbers) {
        std::fill(numbers.begin(), numbers.end(), T(0));
        if (result.has_outer_state) std::ranges::copy(states[taken++], numbers.begin());
    });
    if constexpr (requires { learner.outer_state(); }) {
        learner.outer_state().iteration = result.iteration;
        begin_outer(learner, begun);
    }
    return result;
}

}  // namespace detail

// Takes over what save wrote: a learner made with the same description and seed then trains on bit for bit. Outer state
// of another outer rule is left out; the learner's own then starts anew, its count of steps and its schedule as well.
// Throws: error (missing_file), (bad_file) for a file cut off or of another format, (mismatch) for another description,
// (bad_value) for numbers that are not finite. The learner is then as it was. An adapter takes the parameters alone.
// What another description learned is taken over by transfer (train/transfer.hpp).
template <class Learner>
checkpoint load(Learner& learner, const std::filesystem::path& path) {
    constexpr auto text = detail::no_learner<Learner, "load">;
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    if constexpr (text.length == 0) {
        return detail::loaded(learner, path);
    } else {
        return {};
    }
}

// The notes of a file that save wrote, in the order of the file.
// Throws: error (missing_file), (bad_file).
inline checkpoint_notes read_notes(const std::filesystem::path& path) {
    constexpr std::string_view prefix = "note.";
    checkpoint_notes found;
    for (const auto& [name, text] : read_safetensors(path).metadata) {
        if (name.starts_with(prefix)) found.emplace_back(name.substr(prefix.size()), text);
    }
    return found;
}

// A header of constants: `signature`, and `parameters`, which adapter::import_parameters takes; of a learner in float. The
// signature says nothing of numbers, such as the rate of an inner step: the device's description has to have the same.
// Throws: error (bad_option) when the namespace is none, (bad_value) for numbers that are not finite, (missing_file).
// Example: write_header(learner, "trained.hpp", "trained"); then, on the device,
//   static_assert(pr::signature_of<decltype(adapter)> == trained::signature);
//   adapter.import_parameters(trained::parameters);
template <class Learner>
    requires requires { typename Learner::program_type; }
void write_header(const Learner& learner, const std::filesystem::path& path, std::string_view namespace_name) {
    static_assert(std::is_same_v<typename Learner::program_type::scalar, float>,
                  "[priori:R608] write_header: the learner is not in float, as a header's numbers are; make one in float, "
                  "and transfer(learner, that_one) first.");
    const auto all = learner.parameters().all();
    const std::vector<float> values(all.begin(), all.end());
    const exported_array parameters{"parameters", values};
    write_header(path, namespace_name, signature_of<Learner>, std::span(&parameters, 1));
}

}  // namespace priori
