// SPDX-License-Identifier: BSL-1.0
// How the cost of a task grows with inner steps, meta-batch, width, ways and threads: one CSV file for each.
//
//   scaling FOLDER [SECONDS for each point]
//
// Columns: what is varied, seconds_per_task (the median of meta-iterations), least, greatest, learner_bytes (sizeof),
// trajectory_bytes (what the inner loop keeps for the way back), allocations (in what is timed: status 1 if there are
// any). One exact step of W1's net unless varied.
#include "meta_batch.hpp"
#include "support/allocation_counter.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/footprint.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/task/sinusoids.hpp>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace pr = priori;

constexpr auto sgd = pr::sgd{.rate = 1e-3};
constexpr auto outer = pr::outer(pr::adam{.rate = 1e-3});
constexpr auto waves = pr::sinusoids{.shots = pr::count<10>, .queries = pr::count<10>};

template <std::size_t Width>
constexpr auto net = pr::input<1> | pr::dense<Width> | pr::relu | pr::dense<Width> | pr::relu | pr::dense<1> | pr::mse;

class table {
public:
    table(const std::string& folder, const char* varied, double seconds) : seconds_(seconds) {
        const std::string path = folder + "/" + varied + ".csv";
        file_ = std::fopen(path.c_str(), "w");
        if (!file_) {
            std::fprintf(stderr, "scaling: '%s' cannot be written\n", path.c_str());
            std::exit(1);
        }
        std::fprintf(file_, "%s,seconds_per_task,least,greatest,learner_bytes,trajectory_bytes,allocations\n", varied);
    }
    table(const table&) = delete;
    table& operator=(const table&) = delete;
    ~table() { std::fclose(file_); }

    // Of all tables.
    static inline std::uint64_t allocations = 0;

    template <class Description, class Source>
    void add(std::size_t x, const Description& description, const Source& source, std::size_t tasks,
             std::size_t threads = 1) {
        using run_type = benchmarks::meta_batch<float, Description, Source>;
        using clock = std::chrono::steady_clock;
        run_type run(description, source, tasks, threads);
        run.iterate();
        std::vector<double> times;
        std::uint64_t allocated = 0;
        for (const auto begin = clock::now();
             times.size() < 5 || std::chrono::duration<double>(clock::now() - begin).count() < seconds_;) {
            const auto before = priori::test::allocations();
            const auto start = clock::now();
            run.iterate();
            const std::chrono::duration<double> taken = clock::now() - start;
            allocated += priori::test::allocations() - before;
            times.push_back(taken.count() / static_cast<double>(tasks));
        }
        allocations += allocated;
        std::sort(times.begin(), times.end());
        constexpr auto memory = pr::footprint<Description, Source>;
        std::fprintf(file_, "%zu,%.9g,%.9g,%.9g,%zu,%zu,%" PRIu64 "\n", x, times[times.size() / 2], times.front(),
                     times.back(), memory.total, memory.trajectory, allocated);
        std::fflush(file_);
    }

private:
    std::FILE* file_;
    double seconds_;
};

template <std::size_t... Value, class F>
void for_each_of(F&& f) {
    (f.template operator()<Value>(), ...);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s FOLDER [SECONDS]\n", argv[0]);
        return 2;
    }
    const std::string folder = argv[1];
    const double seconds = argc > 2 ? std::atof(argv[2]) : 0.5;
    {
        table steps(folder, "inner_steps", seconds);
        for_each_of<1, 2, 3, 5, 7, 10, 15, 20>(
            [&]<std::size_t K>() { steps.add(K, net<40> | pr::adapt<K>(sgd) | pr::exact | outer, waves, 25); });
    }
    {
        table widths(folder, "width", seconds);
        for_each_of<8, 16, 32, 48, 64, 128, 256, 512>([&]<std::size_t Width>() {
            widths.add(Width, net<Width> | pr::adapt<1>(sgd) | pr::exact | outer, waves, 25);
        });
    }
    {
        // One shot and five queries of each class: the examples grow with the classes.
        table ways(folder, "ways", seconds);
        constexpr auto classifier =
            pr::input<64> | pr::dense<64> | pr::relu | pr::dense<64> | pr::relu | pr::dense<pr::ways>;
        for_each_of<2, 5, 10, 20, 35, 50>([&]<std::size_t Ways>() {
            ways.add(Ways, classifier | pr::cross_entropy | pr::adapt<1>(sgd) | pr::exact | outer,
                     pr::gaussian_blobs{.ways = pr::count<Ways>,
                                        .shots = pr::count<1>,
                                        .queries = pr::count<5>,
                                        .dimension = pr::count<64>},
                     25);
        });
    }
    constexpr auto maml = net<40> | pr::adapt<1>(sgd) | pr::exact | outer;
    {
        table batches(folder, "meta_batch", seconds);
        for (std::size_t tasks = 1; tasks <= 256; tasks *= 2) batches.add(tasks, maml, waves, tasks);
    }
    {
        table threads(folder, "threads", seconds);
        const std::size_t most = std::max(1u, std::thread::hardware_concurrency());
        for (std::size_t count = 1; count <= most; ++count) threads.add(count, maml, waves, 64, count);
    }
    if (table::allocations > 0) {
        std::fprintf(stderr, "scaling: %" PRIu64 " allocations in what was timed\n", table::allocations);
        return 1;
    }
}
