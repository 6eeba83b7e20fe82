// SPDX-License-Identifier: BSL-1.0
// A line plot as a value, and the gnuplot script that draws it.
#pragma once

#include <priori/io/detail/message.hpp>

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace priori {

enum class picture_format { png, svg };
enum class plot_style { line, line_and_points, points, dashed };

// Shapes: x and y of one length; low and high, the ends of an interval around y, of the same length or empty.
struct plot_series {
    std::string name{};
    std::vector<double> x{};
    std::vector<double> y{};
    std::vector<double> low{};
    std::vector<double> high{};
    plot_style style = plot_style::line;
};

struct plot_axis {
    std::string label{};
    bool logarithmic = false;
    std::optional<double> from{};  // the ends of the axis; where there is none, the data decide
    std::optional<double> to{};
};

// Example: `write_plot("plots", "errors", {.title = "Error by steps", .x = {.label = "steps"}, .y = {.label = "error",
// .logarithmic = true}, .series = {{.name = "maml", .x = {0, 1, 5}, .y = {4, 0.6, 0.3}}}});`
struct line_plot {
    std::string title{};
    plot_axis x{};
    plot_axis y{};
    std::vector<plot_series> series{};
    picture_format format = picture_format::png;
};

namespace detail {

// Okabe and Ito's eight colours, which people with any colour vision tell apart (Color Universal Design, 2008);
// yellow last, for it is faint on white.
inline constexpr std::string_view plot_colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                    "#56b4e9", "#e69f00", "#000000", "#f0e442"};

// A text in gnuplot's single quotes, on one line.
inline std::string gnuplot_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += c;
        out += c == '\n' || c == '\r' ? ' ' : c;
    }
    return out += "'";
}

inline std::string gnuplot_axis(char axis, const plot_axis& settings) {
    const auto end = [](const std::optional<double>& value) { return value ? shown_number(*value) : std::string("*"); };
    std::string out = std::string("set ") + axis + "label " + gnuplot_text(settings.label) + "\n";
    if (settings.logarithmic) out += std::string("set logscale ") + axis + "\nset format " + axis + " '%g'\n";
    if (settings.from || settings.to)
        out += std::string("set ") + axis + "range [" + end(settings.from) + ":" + end(settings.to) + "]\n";
    return out;
}

// The rows first .. first + count - 1 of the table below its header, and the series' colour.
inline std::string gnuplot_rows(std::size_t first, std::size_t count) {
    return "  data skip 1 every ::" + std::to_string(first) + "::" + std::to_string(first + count - 1);
}

inline std::string gnuplot_colour(std::size_t index) {
    return std::string("'").append(plot_colours[index % std::size(plot_colours)]).append("'");
}

inline std::string gnuplot_band(const plot_series& series, std::size_t index, std::size_t first) {
    if (series.x.size() == 1)
        return gnuplot_rows(first, 1) + " using 2:3:4:5 with yerrorbars pointsize 0 linewidth 2.2 linecolor " +
               gnuplot_colour(index) + " notitle";
    return gnuplot_rows(first, series.x.size()) + " using 2:4:5 with filledcurves fillcolor " + gnuplot_colour(index) +
           " fillstyle transparent solid 0.18 noborder notitle";
}

inline std::string gnuplot_line(const plot_series& series, std::size_t index, std::size_t first) {
    const char* with = " with lines linewidth 2.2";
    if (series.style == plot_style::dashed) with = " with lines linewidth 2.2 dashtype 2";
    if (series.style == plot_style::line_and_points) with = " with linespoints linewidth 2.2 pointtype 7 pointsize 1.2";
    const bool is_line = series.style != plot_style::points && series.x.size() > 1;  // through one point there is none
    if (!is_line) with = " with points pointtype 7 pointsize 1.7";
    return gnuplot_rows(first, series.x.size()) + " using 2:3" + with + " linecolor " + gnuplot_colour(index) +
           " title " + gnuplot_text(series.name);
}

// Bands lie below all lines. That of one point is a bar.
inline std::string gnuplot_plot(const line_plot& plot) {
    std::string bands;
    std::string lines;
    std::size_t first = 0;
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
        const plot_series& series = plot.series[i];
        if (!series.low.empty()) bands += gnuplot_band(series, i, first) + ", \\\n";
        lines += gnuplot_line(series, i, first) + (i + 1 < plot.series.size() ? ", \\\n" : "\n");
        first += series.x.size();
    }
    return "plot \\\n" + bands + lines;
}

inline std::string gnuplot_script(const line_plot& plot, const std::string& csv, const std::string& picture) {
    std::string out = "# Draws " + picture + " from " + csv + ": run `gnuplot` on this file in its folder.\n";
    out += plot.format == picture_format::png
               ? "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) {\n"
                 "    set terminal pngcairo noenhanced size 1200,750 font 'DejaVu Sans,15' background 'white'\n"
                 "} else {\n"
                 "    set terminal png noenhanced size 1200,750\n"
                 "}\n"
               : "set terminal svg noenhanced size 960,600 font 'DejaVu Sans,13' background 'white'\n";
    out += "set output " + gnuplot_text(picture) + "\n";
    out += "set datafile separator ','\n";
    out +=
        "set border 3 linecolor '#444444'\n"
        "set tics nomirror out textcolor '#222222'\n"
        "set grid linecolor '#dddddd' linewidth 1 linetype 1\n"
        "set bmargin 3.8\n"
        "set title " +
        gnuplot_text(plot.title) + " font ',18'\n";
    out += plot.series.size() == 1 ? "unset key\nset rmargin 5\n"
                                   : "set key outside right top vertical Left reverse samplen 2 spacing 1.3\n";
    if (!plot.y.logarithmic && !plot.y.from && !plot.y.to)
        out += "set offsets graph 0, graph 0, graph 0.04, graph 0.04\n";
    out += gnuplot_axis('x', plot.x) + gnuplot_axis('y', plot.y);
    out += "data = " + gnuplot_text(csv) + "\n" + gnuplot_plot(plot);
    return out;
}

}  // namespace detail

}  // namespace priori
