// SPDX-License-Identifier: BSL-1.0
// What a workload starts from, in files that another program can read and begin with.
#pragma once

#include "losses.hpp"
#include "workload_list.hpp"

#include <priori/core/key.hpp>
#include <priori/io/files.hpp>
#include <priori/io/json.hpp>
#include <priori/io/npy.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/learner.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchmarks {

// <folder>/<workload>/{theta,support_inputs,support_targets,query_inputs,query_targets}.npy, the tasks outermost, and
// <folder>/workloads.json: {workload: {"adaptation", "meta_batch", "work", "inner_rate", "outer_rate",
// "blocks": [{"name", "offset", "shape"}]}}.
class export_workloads {
public:
    export_workloads(std::filesystem::path folder, std::string_view only) : folder_(std::move(folder)), only_(only) {
        json_.begin_object();
    }

    template <class Description, class Source>
    void learn(const workload& w, const Description& description, const Source& source) {
        if (!is_chosen(only_, w.name)) return;
        using learner_type = pr::learner_for<float, Description, Source>;
        const auto learner = std::make_unique<learner_type>(description, source, pr::seed{1});
        write(w, *learner, source, w.meta_batch, false);
    }
    template <class Description, class Source>
    void adapt(const workload& w, const Description& description, const Source& source) {
        if (!is_chosen(only_, w.name)) return;
        using episode = typename Source::template episode_type<float>;
        write(w, *std::make_unique<pr::adapter<float, Description, episode>>(description), source, adaptations, true);
    }

    void finish() { pr::write_file_atomically(folder_ / "workloads.json", json_.end_object().text() + "\n"); }

private:
    template <class Learner, class Source>
    void write(const workload& w, Learner& learner, const Source& source, std::size_t count, bool adaptation) {
        using episode = typename Source::template episode_type<float>;
        const auto folder = folder_ / w.name;
        std::filesystem::create_directories(folder);
        const auto theta = learner.parameters().all();
        pr::write_npy<float>(folder / "theta.npy", {{theta.size()}, {theta.begin(), theta.end()}});
        std::vector<episode> tasks(count);
        for (std::size_t t = 0; t < count; ++t) {
            source.template draw_into<float>(pr::key{1, 0, static_cast<std::uint32_t>(t)}, tasks[t]);
        }
        write_batches(folder / "support", tasks, &episode::support);
        write_batches(folder / "query", tasks, &episode::query);

        using layout = typename Learner::layout_type;
        json_.key(w.name).begin_object().member("adaptation", adaptation).member("meta_batch", w.meta_batch);
        json_.member("work", w.work).member("inner_rate", w.inner_rate).member("outer_rate", w.outer_rate);
        json_.key("blocks").begin_array();
        write_blocks(layout{});
        json_.end_array().end_object();
    }

    template <class... Blocks>
    void write_blocks(pr::layout<Blocks...>) {
        std::size_t offset = 0;
        const auto write_block = [&]<class Block>(Block) {
            json_.begin_object().member("name", Block::name.view()).member("offset", offset);
            json_.member("shape", Block::shape_type::extents).end_object();
            offset += Block::size;
        };
        (write_block(Blocks{}), ...);
    }

    template <class Episode, class Batch>
    static void write_batches(const std::filesystem::path& stem, const std::vector<Episode>& tasks,
                              Batch Episode::*part) {
        using target = typename Batch::target_scalar;
        pr::npy_array<float> inputs{{tasks.size(), Batch::count}, {}};
        for (const std::size_t extent : Batch::input_shape::extents) inputs.shape.push_back(extent);
        pr::npy_array<target> targets{{tasks.size(), Batch::count, Batch::target_size}, {}};
        for (const Episode& task : tasks) {
            const Batch& batch = task.*part;
            inputs.values.insert(inputs.values.end(), batch.inputs.data(),
                                 batch.inputs.data() + Batch::count * Batch::input_shape::size);
            targets.values.insert(targets.values.end(), batch.targets.data(),
                                  batch.targets.data() + Batch::count * Batch::target_size);
        }
        pr::write_npy<float>(stem.string() + "_inputs.npy", inputs);
        pr::write_npy<target>(stem.string() + "_targets.npy", targets);
    }

    std::filesystem::path folder_;
    std::string_view only_;
    pr::json_writer json_;
};

}  // namespace benchmarks
