// SPDX-License-Identifier: BSL-1.0
// plot: line plots as a CSV of the numbers, a gnuplot script, and a picture where gnuplot is installed.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/csv.hpp>
#include <priori/io/detail/gnuplot_script.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/detail/run_program.hpp>
#include <priori/io/files.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace priori {

// What was written; `picture` is empty where gnuplot is not installed or could not draw.
struct plot_files {
    std::filesystem::path csv{};
    std::filesystem::path script{};
    std::filesystem::path picture{};
};

namespace detail {

inline void require_drawable(const line_plot& plot, std::string_view stem) {
    if (stem.empty() || stem.find_first_of("/\n'\"\\") != std::string_view::npos)
        fail(error_kind::bad_option, "plot: expected the stem of a file's name, found " + in_quotes(stem) + ".");
    if (plot.series.empty()) fail(error_kind::bad_shape, "plot " + in_quotes(stem) + ": there is no series to draw.");
    for (const plot_series& series : plot.series) {
        const std::size_t count = series.x.size();
        const bool has_band = !series.low.empty() || !series.high.empty();
        if (count == 0 || series.y.size() != count ||
            (has_band && (series.low.size() != count || series.high.size() != count)))
            fail(error_kind::bad_shape, "plot " + in_quotes(stem) + ": the series " + in_quotes(series.name) +
                                            " wants as many y, low and high as x, at least one; it has " +
                                            std::to_string(count) + " x, " + std::to_string(series.y.size()) + " y, " +
                                            std::to_string(series.low.size()) + " low, " +
                                            std::to_string(series.high.size()) + " high.");
    }
}

inline csv_writer plot_table(const line_plot& plot) {
    csv_writer table({"series", "x", "y", "low", "high"});
    for (const plot_series& series : plot.series)
        for (std::size_t i = 0; i < series.x.size(); ++i)
            table.row(series.name, series.x[i], series.y[i], series.low.empty() ? series.y[i] : series.low[i],
                      series.high.empty() ? series.y[i] : series.high[i]);
    return table;
}

}  // namespace detail

// Writes FOLDER/STEM.csv (series, x, y, low, high: a row for each point) and FOLDER/STEM.gnuplot, which draws it when
// run in that folder; then runs gnuplot, if it is on the PATH, to draw FOLDER/STEM.png or .svg. Makes the folder if
// need be.
// Throws: error (bad_shape) for series without points or with lengths that differ, (missing_file) when nothing can be
// written.
inline plot_files write_plot(const std::filesystem::path& folder, const std::string& stem, const line_plot& plot) {
    detail::require_drawable(plot, stem);
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code) detail::fail_to_write(folder, code.message());

    const std::string picture_name = stem + (plot.format == picture_format::png ? ".png" : ".svg");
    plot_files files{folder / (stem + ".csv"), folder / (stem + ".gnuplot"), {}};
    detail::plot_table(plot).save(files.csv);
    write_file_atomically(files.script, detail::gnuplot_script(plot, stem + ".csv", picture_name));

    std::filesystem::remove(folder / picture_name, code);  // an older picture of other numbers
    const std::filesystem::path program = detail::find_program("gnuplot");
    if (program.empty()) return files;
    const bool ran = detail::run_quietly(program, files.script.filename(), folder);
    if (ran && std::filesystem::exists(folder / picture_name, code)) files.picture = folder / picture_name;
    return files;
}

}  // namespace priori
