// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/plot.hpp>

#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>

namespace pr = priori;
using test::refusal;

namespace {

pr::line_plot small() {
    return {.title = "it's a\nplot",
            .x = {.label = "steps", .from = 0},
            .y = {.label = "error", .logarithmic = true},
            .series = {{.name = "meta_sgd", .x = {0, 1}, .y = {4, 0.5}, .low = {3, 0.25}, .high = {5, 1}},
                       {.name = "a, b",
                        .x = {2, 3, 4},
                        .y = {1, std::numeric_limits<double>::quiet_NaN(), 2},
                        .style = pr::plot_style::points}}};
}

// Another PATH while this lives.
class path_variable {
public:
    explicit path_variable(const std::string& value) : old_(std::getenv("PATH")) { setenv("PATH", value.c_str(), 1); }
    ~path_variable() { setenv("PATH", old_.c_str(), 1); }
    path_variable(const path_variable&) = delete;
    path_variable& operator=(const path_variable&) = delete;

private:
    std::string old_;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("without gnuplot there are the numbers and the script, and no picture") {
    const test::temporary_folder folder;
    const path_variable empty(folder.path().string());
    const auto files = pr::write_plot(folder / "plots", "errors", small());
    CHECK(files.picture.empty());
    CHECK(files.csv == folder / "plots" / "errors.csv");
    CHECK(pr::read_file(files.csv) ==
          "series,x,y,low,high\nmeta_sgd,0,4,3,5\nmeta_sgd,1,0.5,0.25,1\n\"a, b\",2,1,1,1\n\"a, b\",3,nan,nan,nan\n"
          "\"a, b\",4,2,2,2\n");
    const std::string script = pr::read_file(files.script);
    CHECK(contains(script, "set output 'errors.png'\n"));
    CHECK(contains(script, "set title 'it''s a plot' font"));
    CHECK(contains(script, "set xlabel 'steps'\nset xrange [0:*]\n"));
    CHECK(contains(script, "set ylabel 'error'\nset logscale y\n"));
    CHECK(!contains(script, "logscale x"));
    CHECK(contains(script, "every ::0::1 using 2:4:5 with filledcurves"));
    CHECK(contains(script, "every ::0::1 using 2:3 with lines"));
    CHECK(contains(script, "every ::2::4 using 2:3 with points"));
    CHECK(contains(script, "title 'a, b'\n"));
}

TEST_CASE("a series of one point is drawn as a point, and its interval as a bar") {
    const test::temporary_folder folder;
    const path_variable empty(folder.path().string());
    for (const auto style : {pr::plot_style::line, pr::plot_style::dashed, pr::plot_style::line_and_points}) {
        const pr::plot_series one{.name = "one", .x = {3}, .y = {1}, .low = {0.5}, .high = {2}, .style = style};
        const std::string script = pr::read_file(pr::write_plot(folder.path(), "one", {.series = {one}}).script);
        CHECK(contains(script, "every ::0::0 using 2:3 with points"));
        CHECK(contains(script, "every ::0::0 using 2:3:4:5 with yerrorbars"));
        CHECK(!contains(script, "with lines"));
        CHECK(!contains(script, "filledcurves"));
    }
}

TEST_CASE("with gnuplot there is a picture, also in a folder with quotes and spaces") {
    if (priori::detail::find_program("gnuplot").empty()) {
        WARN("gnuplot is not installed: no picture is drawn");
        return;
    }
    const test::temporary_folder folder;
    auto plot = small();
    const auto png = pr::write_plot(folder / "it's $HOME here", "errors", plot);
    REQUIRE(png.picture == folder / "it's $HOME here" / "errors.png");
    CHECK(pr::read_file(png.picture).starts_with("\x89PNG"));
    plot.format = pr::picture_format::svg;
    const auto svg = pr::write_plot(folder / "svg", "errors", plot);
    REQUIRE(svg.picture == folder / "svg" / "errors.svg");
    CHECK(contains(pr::read_file(svg.picture), "meta_sgd"));
}

TEST_CASE("a picture that cannot be drawn leaves none of older numbers behind") {
    const test::temporary_folder folder;
    folder.put("errors.png", "older");
    folder.put("gnuplot", "#!/bin/sh\nexit 1\n");
    std::filesystem::permissions(folder / "gnuplot", std::filesystem::perms::owner_all);
    const path_variable failing(folder.path().string());
    CHECK(pr::write_plot(folder.path(), "errors", small()).picture.empty());
    CHECK(!std::filesystem::exists(folder / "errors.png"));
}

TEST_CASE("plots of nothing, of uneven series, and to nowhere are refused") {
    const test::temporary_folder folder;
    const auto refused = [&](const pr::line_plot& plot, const std::string& stem = "p") {
        return refusal([&] { pr::write_plot(folder / "plots", stem, plot); }, folder.path().string());
    };
    CHECK(refused({}) == "bad_shape: plot 'p': there is no series to draw.");
    CHECK(
        refused({.series = {{.name = "a", .x = {1, 2}, .y = {1}, .low = {1}}}}) ==
        "bad_shape: plot 'p': the series 'a' wants as many y, low and high as x, at least one; it has 2 x, 1 y, 1 low, "
        "0 high.");
    CHECK(refused(small(), "a/b") == "bad_option: plot: expected the stem of a file's name, found 'a/b'.");
    CHECK(folder.file_count() == 0);
    folder.put("plots", "a file in the folder's place");
    CHECK(refused(small()).starts_with("missing_file: 'DIR/plots' cannot be written: "));
}
