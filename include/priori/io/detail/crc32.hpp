// SPDX-License-Identifier: BSL-1.0
// crc32: the checksum of zip, PNG and our own packed files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace priori::detail {

// Four bytes at a time: table t holds the checksum of a byte with t zero bytes behind it.
inline constexpr auto crc32_tables = [] {
    std::array<std::array<std::uint32_t, 256>, 4> tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320u : 0u);
        tables[0][byte] = value;
    }
    for (std::size_t t = 1; t < 4; ++t)
        for (std::size_t byte = 0; byte < 256; ++byte)
            tables[t][byte] = (tables[t - 1][byte] >> 8) ^ tables[0][tables[t - 1][byte] & 255];
    return tables;
}();

// The CRC-32 of ISO 3309, reflected, as in zip; crc32("123456789") is cbf43926.
// Cost: about 1 ns a byte.
inline std::uint32_t crc32(std::string_view bytes) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
    std::uint32_t value = ~0u;
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4) {
        value ^= at(i) | at(i + 1) << 8 | at(i + 2) << 16 | at(i + 3) << 24;
        value = crc32_tables[3][value & 255] ^ crc32_tables[2][value >> 8 & 255] ^ crc32_tables[1][value >> 16 & 255] ^
                crc32_tables[0][value >> 24];
    }
    for (; i < bytes.size(); ++i) value = (value >> 8) ^ crc32_tables[0][(value ^ at(i)) & 255];
    return ~value;
}

}  // namespace priori::detail
