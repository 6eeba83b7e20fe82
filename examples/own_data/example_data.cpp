// SPDX-License-Identifier: BSL-1.0
// The table of --write-example.
#include "example_data.hpp"

#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/io/csv.hpp>

#include <cstdint>
#include <cstdio>

namespace own_data {

void write_example(const std::filesystem::path& file) {
    namespace pr = priori;
    pr::csv_writer table({"sensor", "reading", "temperature", "pressure"});
    for (std::uint32_t sensor = 0; sensor < 100; ++sensor) {
        pr::random_stream random(pr::key{2024, 0, sensor}, pr::purpose::user);
        const double gain = random.uniform(0.6, 1.4), offset = random.uniform(-15.0, 15.0);
        const double bend = random.uniform(-0.004, 0.004), drift = random.uniform(-0.3, 0.3);
        char name[16];
        std::snprintf(name, sizeof name, "s%03u", static_cast<unsigned>(sensor));
        for (int row = 0; row < 20; ++row) {
            const double reading = random.uniform(0.0, 100.0), temperature = random.uniform(5.0, 45.0);
            const double noise = 0.3 * random.normal<double>();
            const double pressure = offset + gain * reading + bend * (reading - 50) * (reading - 50) +
                                    drift * (temperature - 25) + noise;
            table.row(name, reading, temperature, pressure);
        }
    }
    table.save(file);
}

}  // namespace own_data
