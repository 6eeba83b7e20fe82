// SPDX-License-Identifier: BSL-1.0
// A user of priori::io: what it reads, and the sentence about what it does not.
#include <priori/io/image.hpp>
#include <priori/io/npz.hpp>
#include <priori/priori.hpp>

#include <cstdio>
#include <string>

int main() {
    try {
        priori::parse_image("\x89PNG\r\n\x1a\n", "a.png", priori::image_colour::grey);
    } catch (const priori::error& caught) {
        std::puts(caught.what());
        return std::string(caught.what()).starts_with("'a.png' is ") ? 0 : 1;
    }
    return 1;
}
