// SPDX-License-Identifier: BSL-1.0
#include "episode_picture.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace omniglot {

namespace {

constexpr std::size_t side = 28;
constexpr double cell = 42, gap = 8, row_height = cell + 18, margin = 24, top = 64, map_size = 460;

template <class... Values>
std::string format(const char* text, Values... values) {
    char room[400];
    std::snprintf(room, sizeof room, text, values...);
    return room;
}

std::string colour(std::size_t label, std::size_t ways) {
    const double hue = 360.0 * static_cast<double>(label) / static_cast<double>(ways);
    return format("hsl(%.0f,75%%,%s)", hue, label % 2 == 0 ? "38%" : "30%");
}

char letter(std::size_t label) { return static_cast<char>('A' + static_cast<char>(label)); }

std::string text_at(double x, double y, const char* anchor, double size, const std::string& fill,
                    const std::string& text) {
    return format("<text x='%.1f' y='%.1f' text-anchor='%s' font-size='%.0f' fill='%s'>", x, y, anchor, size,
                  fill.c_str()) +
           text + "</text>\n";
}

// The ink as runs of pixels.
std::string drawing_at(double x, double y, const std::vector<float>& pixels) {
    std::string path;
    for (std::size_t r = 0; r < side; ++r) {
        for (std::size_t c = 0; c < side; ++c) {
            const std::size_t first = c;
            while (c < side && pixels[r * side + c] > 0.5f) ++c;
            if (c > first) path += format("M%zu %zuh%zuv1h-%zuz", first, r, c - first, c - first);
        }
    }
    return format("<rect x='%.1f' y='%.1f' width='%.0f' height='%.0f' fill='#f4f4f4'/>\n", x, y, cell, cell) +
           format("<path transform='translate(%.1f %.1f) scale(1.5)' fill='#202020' d='", x, y) + path + "'/>\n";
}

std::vector<double> times(const std::vector<std::vector<double>>& rows, const std::vector<double>& direction) {
    std::vector<double> result;
    for (const auto& row : rows) {
        double sum = 0;
        for (std::size_t j = 0; j < row.size(); ++j) sum += row[j] * direction[j];
        result.push_back(sum);
    }
    return result;
}

bool are_finite(const std::vector<double>& numbers) {
    return std::ranges::all_of(numbers, [](double x) { return std::isfinite(x); });
}

// The direction of the largest variance, by the power method; rows lose their part in it.
std::vector<double> take_component(std::vector<std::vector<double>>& rows) {
    const std::size_t width = rows[0].size();
    std::vector<double> direction(width);
    for (std::size_t j = 0; j < width; ++j) direction[j] = 1.0 + 0.1 * std::sin(static_cast<double>(j + 1));
    for (int i = 0; i < 200; ++i) {
        const std::vector<double> along = times(rows, direction);
        std::vector<double> next(width);
        for (std::size_t r = 0; r < rows.size(); ++r)
            for (std::size_t j = 0; j < width; ++j) next[j] += along[r] * rows[r][j];
        double norm = 0;
        for (const double x : next) norm += x * x;
        if (norm == 0) break;
        for (std::size_t j = 0; j < width; ++j) direction[j] = next[j] / std::sqrt(norm);
    }
    const std::vector<double> along = times(rows, direction);
    for (std::size_t r = 0; r < rows.size(); ++r)
        for (std::size_t j = 0; j < width; ++j) rows[r][j] -= along[r] * direction[j];
    return along;
}

std::string map_of(const episode_picture& picture, double left) {
    std::vector<const pictured_drawing*> drawn;  // what has a place; the queries first, so that they lie below
    for (const auto* drawings : {&picture.queries, &picture.support})
        for (const auto& drawing : *drawings)
            if (are_finite(drawing.features)) drawn.push_back(&drawing);
    std::vector<std::vector<double>> rows;
    for (const auto* drawing : drawn) rows.push_back(drawing->features);
    const auto places = principal_components(rows);
    const double middle_x = left + map_size / 2, middle_y = top + map_size / 2, scale = map_size / 2 - 20;
    std::string out = format("<rect x='%.1f' y='%.1f' width='%.0f' height='%.0f' fill='none' stroke='#b0b0b0'/>\n",
                             left, top, map_size, map_size);
    const auto put = [&](const pictured_drawing& drawing, std::size_t i, bool given) {
        const double x = middle_x + scale * places[i].first, y = middle_y - scale * places[i].second;
        const std::string own = colour(drawing.label, picture.ways);
        if (given)
            out += format("<circle cx='%.1f' cy='%.1f' r='10' fill='white' stroke='%s' stroke-width='2'/>\n", x, y,
                          own.c_str());
        else if (drawing.predicted != drawing.label)
            out += format("<rect x='%.1f' y='%.1f' width='15' height='15' fill='none' stroke='#d00000'/>\n", x - 7.5,
                          y - 7.5);
        out += text_at(x, y + 4, "middle", given ? 13 : 12, own, std::string(1, letter(drawing.label)));
    };
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        const auto given = std::ranges::find_if(picture.support, [&](const auto& each) { return &each == drawn[i]; });
        put(*drawn[i], i, given != picture.support.end());
    }
    return out;
}

}  // namespace

std::vector<std::pair<double, double>> principal_components(const std::vector<std::vector<double>>& given) {
    std::vector<std::vector<double>> rows = given;
    if (rows.empty()) return {};
    for (std::size_t j = 0; j < rows[0].size(); ++j) {
        double mean = 0;
        for (const auto& row : rows) mean += row[j] / static_cast<double>(rows.size());
        for (auto& row : rows) row[j] -= mean;
    }
    const std::vector<double> x = take_component(rows), y = take_component(rows);
    double largest = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) largest = std::max({largest, std::abs(x[i]), std::abs(y[i])});
    const double factor = largest > 0 ? 1 / largest : 0;
    std::vector<std::pair<double, double>> places;
    for (std::size_t i = 0; i < rows.size(); ++i) places.emplace_back(factor * x[i], factor * y[i]);
    return places;
}

std::string svg_of(const episode_picture& picture) {
    const double shots = static_cast<double>(picture.support.size() / picture.ways);
    const double asked = static_cast<double>(picture.queries.size() / picture.ways);
    const double queries_left = margin + 24 + shots * (cell + gap) + 24;
    const double map_left = queries_left + asked * (cell + gap) + 32;
    const double rows_height = static_cast<double>(picture.ways) * row_height;
    const double width = map_left + map_size + margin, height = top + std::max(rows_height, map_size) + 40;
    std::string out = format(
        "<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%.0f' "
        "font-family='sans-serif'>\n<rect width='100%%' height='100%%' fill='white'/>\n",
        width, height);
    out += text_at(margin, 26, "start", 16, "#202020", picture.title);
    out += text_at(margin + 24, top - 12, "start", 13, "#505050", "given");
    out += text_at(queries_left, top - 12, "start", 13, "#505050", "asked, and taken for");
    out += text_at(map_left, top - 12, "start", 13, "#505050", "features, first two principal components");
    std::vector<std::size_t> given(picture.ways), asked_so_far(picture.ways);
    for (std::size_t c = 0; c < picture.ways; ++c)
        out += text_at(margin + 8, top + static_cast<double>(c) * row_height + cell / 2 + 6, "middle", 17,
                       colour(c, picture.ways), std::string(1, letter(c)));
    for (const auto& drawing : picture.support) {
        const double x = margin + 24 + static_cast<double>(given[drawing.label]++) * (cell + gap);
        out += drawing_at(x, top + static_cast<double>(drawing.label) * row_height, drawing.pixels);
    }
    for (const auto& drawing : picture.queries) {
        const double x = queries_left + static_cast<double>(asked_so_far[drawing.label]++) * (cell + gap);
        const double y = top + static_cast<double>(drawing.label) * row_height;
        const bool right = drawing.predicted == drawing.label;
        out += drawing_at(x, y, drawing.pixels);
        if (!right)
            out += format(
                "<rect x='%.1f' y='%.1f' width='%.0f' height='%.0f' fill='none' stroke='#d00000' "
                "stroke-width='2'/>\n",
                x, y, cell, cell);
        out += text_at(x + cell / 2, y + cell + 12, "middle", 12,
                       drawing.predicted < picture.ways ? colour(drawing.predicted, picture.ways) : "#000000",
                       drawing.predicted < picture.ways ? std::string(1, letter(drawing.predicted)) : "?");
    }
    out += map_of(picture, map_left);
    out += text_at(map_left, top + map_size + 18, "start", 12, "#505050",
                   "circles: given; letters: asked, by true class; red: taken for another");
    return out + "</svg>\n";
}

}  // namespace omniglot
