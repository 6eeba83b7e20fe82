// SPDX-License-Identifier: BSL-1.0
// A part of omniglot: the program for one algorithm, model, number of ways and of shots; the build defines which.
#include "data.hpp"
#include "report.hpp"
#include "run.hpp"
#include "settings.hpp"
#include "sources.hpp"

#include <priori/core/error.hpp>
#include <priori/io/files.hpp>
#include <priori/nn/batch_normalization.hpp>

#include <cstddef>
#include <cstdio>

namespace {

using omniglot::algorithm;
using omniglot::model;

constexpr algorithm own_algorithm = algorithm::OMNIGLOT_ALGORITHM;
constexpr model own_model = model::OMNIGLOT_MODEL;
constexpr std::size_t own_ways = OMNIGLOT_WAYS, own_shots = OMNIGLOT_SHOTS;

using own_sources = omniglot::sources<own_algorithm, own_ways, own_shots>;

template <class Mode>
omniglot::outcome found_by(omniglot::settings& s, const omniglot::characters& data, const own_sources& from) {
    s = omniglot::fitted_to_time<own_algorithm, own_model, own_ways, own_shots, Mode>(s, from);
    return omniglot::train_and_test<own_algorithm, own_model, own_ways, own_shots, Mode>(s, data, from);
}

omniglot::outcome found(omniglot::settings& s, const omniglot::characters& data) {
    using enum omniglot::normalization;
    const own_sources from(s, data);
    if (s.load.empty()) example::make_plot_folder(s.common);
    if constexpr (own_algorithm == algorithm::maml_plus_plus) {
        if (s.chosen.normalization == per_step) return found_by<priori::per_step<6>>(s, data, from);  // of 0 to 5 steps
    }
    return s.chosen.normalization == transductive ? found_by<priori::transductive>(s, data, from)
                                                  : found_by<priori::support_statistics>(s, data, from);
}

int run(int argc, char** argv) {
    auto s = omniglot::read_settings(argc, argv);
    if (!s) return 0;
    if (s->part() != omniglot::part_name(own_algorithm, own_model, own_ways, own_shots))
        priori::fail(priori::error_kind::bad_option,
                     "this program is a part of omniglot and made for other options; run omniglot itself.");
    const omniglot::characters data(s->data, s->split);
    const omniglot::outcome result = found(*s, data);
    if (!s->common.quiet) omniglot::print_table(*s, result);
    if (!s->common.plot.empty()) omniglot::draw_curve(*s, result);
    if (!s->common.json.empty()) priori::write_file_atomically(s->common.json, omniglot::json_of(*s, result));
    if (result.report.reason != priori::ending::diverged) return 0;
    std::fprintf(stderr, "omniglot: %s\n", result.report.sentence.c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run_program("omniglot", [&] { return run(argc, argv); });
}
