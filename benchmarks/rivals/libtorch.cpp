// SPDX-License-Identifier: BSL-1.0
// The workloads as an expert writes them in C++ on libtorch; a server as torch_rivals.py, on the same files.
//
//   libtorch FOLDER [THREADS]
//   libtorch      torch::autograd::grad with create_graph, task by task; the tasks are divided among the threads, which
//                 stand ready
//   libtorch-bmm  the task dimension batched by hand: every task has its copy of the weights, products are baddbmm
//
// FOLDER/<workload>/plan.txt, written by compare.py, says what to do:
//   <maml|adapt|reptile|prototypes> <relu|tanh> <steps> <exact> <only head> <meta-batch> <inner rate> <outer rate>
//   and for every block: <name> <extent>...
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using torch::Tensor;
using tensors = std::vector<Tensor>;
using torch::indexing::Slice;

// Little-endian, C order, float or int32.
Tensor read_npy(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string start(10, '\0');
    if (!file.read(start.data(), 10)) throw std::runtime_error(path + " cannot be read");
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(start[8])) +
                        256 * static_cast<std::size_t>(static_cast<unsigned char>(start[9]));
    std::string header(length, '\0');
    file.read(header.data(), static_cast<std::streamsize>(length));
    std::vector<std::int64_t> shape;
    std::istringstream extents(header.substr(header.find('(') + 1));
    for (std::int64_t extent; extents >> extent;) {
        shape.push_back(extent);
        extents.ignore(1);
    }
    const bool whole = header.find("<i4") != std::string::npos;
    Tensor result = torch::empty(shape, whole ? torch::kInt32 : torch::kFloat32);
    file.read(static_cast<char*>(result.data_ptr()), static_cast<std::streamsize>(result.numel() * 4));
    if (!file) throw std::runtime_error(path + " is cut off");
    return result;
}

struct layer {
    enum { convolution, dense, normalization } kind;
    std::vector<std::size_t> own;  // indices of its parameters
};

struct workload {
    std::string kind, activation;
    std::int64_t steps = 0, meta_batch = 0;
    bool exact = false, only_head = false, is_image = false;
    double inner_rate = 0, outer_rate = 0;
    std::vector<layer> layers;
    tensors parameters;
    Tensor xs, ys, xq, yq;  // tasks outermost
    std::int64_t ways = 0;

    workload(const std::string& folder) {
        std::ifstream plan(folder + "/plan.txt");
        if (!(plan >> kind >> activation >> steps >> exact >> only_head >> meta_batch >> inner_rate >> outer_rate)) {
            throw std::runtime_error(folder + "/plan.txt cannot be read");
        }
        const Tensor theta = read_npy(folder + "/theta.npy");
        std::int64_t offset = 0;
        std::string line;
        std::getline(plan, line);
        while (std::getline(plan, line)) {
            std::istringstream words(line);
            std::string name;
            words >> name;
            std::vector<std::int64_t> shape;
            std::int64_t size = 1;
            for (std::int64_t extent; words >> extent; size *= extent) shape.push_back(extent);
            take(name.substr(name.rfind('.') + 1), theta.index({Slice(offset, offset + size)}).view(shape));
            offset += size;
        }
        xs = read_npy(folder + "/support_inputs.npy"), ys = read_npy(folder + "/support_targets.npy");
        xq = read_npy(folder + "/query_inputs.npy"), yq = read_npy(folder + "/query_targets.npy");
        if (is_image) {
            for (Tensor* x : {&xs, &xq}) {
                *x = (x->dim() == 4 ? x->unsqueeze(-1) : *x).permute({0, 1, 4, 2, 3}).contiguous();
            }
            for (Tensor* y : {&ys, &yq}) *y = y->flatten(1).to(torch::kInt64);
            ways = ys.max().item<std::int64_t>() + 1;
        }
    }

    void take(const std::string& field, const Tensor& values) {
        if (field == "mean" || field == "variance") return;
        const bool headless = kind == "prototypes";  // computed from the support set, not learned
        if (values.dim() == 4) {
            is_image = true;
            layers.push_back({layer::convolution, {}});
        } else if (values.dim() == 2) {
            layers.push_back({layer::dense, {}});
        } else if (field == "scale") {
            layers.push_back({layer::normalization, {}});
        }
        if (headless && layers.back().kind == layer::dense) return;
        layers.back().own.push_back(parameters.size());
        parameters.push_back((values.dim() == 4 ? values.permute({3, 2, 0, 1}) : values).contiguous().clone());
    }

    Tensor activated(const Tensor& x) const { return activation == "tanh" ? x.tanh() : x.relu(); }

    // The layers before `end` on one task.
    Tensor run(const tensors& p, Tensor x, std::size_t end) const {
        for (std::size_t i = 0; i < end; ++i) {
            const std::vector<std::size_t>& own = layers[i].own;
            if (layers[i].kind == layer::convolution) {
                x = torch::conv2d(x, p[own[0]], own.size() > 1 ? p[own[1]] : Tensor(), 1, 1);
            } else if (layers[i].kind == layer::normalization) {
                x = torch::batch_norm(x, p[own[0]], p[own[1]], {}, {}, true, 0.1, 1e-5, false);
                x = torch::max_pool2d(x, 2).relu();  // in this order on a quarter of the numbers
            } else if (!own.empty()) {
                x = torch::addmm(p[own[1]], x.dim() > 2 ? x.flatten(1) : x, p[own[0]]);
                if (i + 1 < layers.size()) x = activated(x);
            }
        }
        return x.flatten(1);
    }
    Tensor predict(const tensors& p, const Tensor& x) const { return run(p, x, layers.size()); }
    Tensor loss(const Tensor& prediction, const Tensor& target) const {
        return is_image ? torch::cross_entropy_loss(prediction, target) : torch::mse_loss(prediction, target);
    }

    // All tasks at once: weights [task][in][out], inputs [task][example][in]; the mean square of each task, summed.
    Tensor batched_loss(const tensors& p, Tensor x, const Tensor& y) const {
        for (std::size_t i = 0; i < layers.size(); ++i) {
            x = torch::baddbmm(p[layers[i].own[1]], x, p[layers[i].own[0]]);
            if (i + 1 < layers.size()) x = activated(x);
        }
        return torch::mse_loss(x, y) * x.size(0);
    }
};

tensors moved(const tensors& p, const tensors& gradients, double rate) {
    tensors result(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) result[i] = torch::sub(p[i], gradients[i], rate);
    return result;
}

// A standing thread: begin(work), then wait() for its end and what it threw.
class worker {
public:
    worker() : thread_([this] { run(); }) {}
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;
    ~worker() {
        begin({});
        thread_.join();
    }

    void begin(std::function<void()> work) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            work_ = std::move(work);
            is_busy_ = true;
        }
        changed_.notify_all();
    }
    std::exception_ptr wait() {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [this] { return !is_busy_; });
        return failure_;
    }

private:
    void run() {
        at::set_num_threads(1);  // of this thread: the setting is each thread's own
        std::unique_lock<std::mutex> lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return is_busy_; });
            if (!work_) return;
            lock.unlock();
            std::exception_ptr failure;
            try {
                work_();
            } catch (...) {
                failure = std::current_exception();
            }
            lock.lock();
            failure_ = failure;
            is_busy_ = false;
            changed_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::function<void()> work_;
    std::exception_ptr failure_;
    bool is_busy_ = false;
    std::thread thread_;  // the last member: it uses the others
};

class rival {
public:
    rival(workload w, bool batched, int threads) : w_(std::move(w)), batched_(batched), threads_(threads) {
        tensors rows;
        for (const Tensor& p : w_.parameters) rows.push_back(p.flatten());
        flat_ = torch::cat(rows);
        std::int64_t offset = 0;
        for (const Tensor& p : w_.parameters) {
            leaves_.push_back(
                flat_.index({Slice(offset, offset + p.numel())}).view(p.sizes()).detach().set_requires_grad(true));
            offset += p.numel();
        }
        m_ = torch::zeros_like(flat_), v_ = torch::zeros_like(flat_);
        if (w_.kind != "maml" && w_.kind != "prototypes") threads_ = 1;
        threads_ = static_cast<int>(std::min<std::int64_t>(threads_, w_.meta_batch));
        if (threads_ > 1) at::set_num_threads(1);  // the tasks are divided instead
        for (int i = 1; i < threads_; ++i) workers_.push_back(std::make_unique<worker>());
    }

    std::int64_t meta_batch() const { return w_.meta_batch; }

    // The sum of the tasks' losses before the step.
    double iterate() {
        if (w_.kind == "adapt") {
            static_cast<void>(adapt(0));
            return 0;
        }
        if (w_.kind == "reptile") return displace();
        std::vector<std::pair<tensors, double>> parts(static_cast<std::size_t>(threads_));
        const auto share = [&](int i) {
            const std::int64_t first = w_.meta_batch * i / threads_, last = w_.meta_batch * (i + 1) / threads_;
            parts[static_cast<std::size_t>(i)] = batched_ ? all_at_once(first, last) : one_by_one(first, last);
        };
        for (int i = 1; i < threads_; ++i) {
            workers_[static_cast<std::size_t>(i - 1)]->begin([&share, i] { share(i); });
        }
        std::exception_ptr failure;
        try {
            share(0);
        } catch (...) {
            failure = std::current_exception();
        }
        for (const auto& other : workers_) {
            const std::exception_ptr own = other->wait();
            if (own) failure = own;
        }
        if (failure) std::rethrow_exception(failure);
        const torch::NoGradGuard guard;
        double loss = 0;
        tensors rows;
        for (auto& part : parts) {
            loss += part.second;
            for (std::size_t i = 0; i < part.first.size(); ++i) {
                if (&part != &parts[0]) parts[0].first[i] += part.first[i];
            }
        }
        for (const Tensor& g : parts[0].first) rows.push_back(g.reshape(-1));
        adam(torch::cat(rows) / w_.meta_batch);
        return loss;
    }

    std::vector<double> losses(std::size_t iterations) {
        std::vector<double> found;
        for (std::size_t i = 0; i < iterations; ++i) {
            if (w_.kind == "adapt") {
                const std::int64_t t = static_cast<std::int64_t>(i) % w_.xs.size(0);
                found.push_back(w_.loss(w_.predict(adapt(t), w_.xq[t]), w_.yq[t]).item<double>());
            } else {
                found.push_back(iterate() / static_cast<double>(w_.meta_batch));
            }
        }
        return found;
    }

private:
    Tensor task_loss(std::int64_t t) const {
        const Tensor xs = w_.xs[t], ys = w_.ys[t], xq = w_.xq[t], yq = w_.yq[t];
        if (w_.kind == "prototypes") {
            const Tensor one_hot = torch::one_hot(ys, w_.ways).to(torch::kFloat32);
            const Tensor centres = one_hot.t().mm(w_.predict(leaves_, xs)) / one_hot.sum(0).unsqueeze(1);
            return w_.loss(2 * w_.predict(leaves_, xq).mm(centres.t()) - (centres * centres).sum(1), yq);
        }
        tensors p = leaves_;
        if (w_.only_head) {
            const std::vector<std::size_t>& own = w_.layers.back().own;
            const Tensor seen = w_.run(p, xs, w_.layers.size() - 1);  // does not move: one pass for all steps
            for (std::int64_t k = 0; k < w_.steps; ++k) {
                const tensors head{p[own[0]], p[own[1]]};
                const Tensor loss = w_.loss(torch::addmm(head[1], seen, head[0]), ys);
                const tensors next = moved(head, torch::autograd::grad({loss}, head, {}, {}, w_.exact), w_.inner_rate);
                p[own[0]] = next[0], p[own[1]] = next[1];
            }
        } else {
            for (std::int64_t k = 0; k < w_.steps; ++k) {
                const Tensor loss = w_.loss(w_.predict(p, xs), ys);
                p = moved(p, torch::autograd::grad({loss}, p, {}, {}, w_.exact), w_.inner_rate);
            }
        }
        return w_.loss(w_.predict(p, xq), yq);
    }

    std::pair<tensors, double> one_by_one(std::int64_t first, std::int64_t last) const {
        std::pair<tensors, double> result;
        for (std::int64_t t = first; t < last; ++t) {
            const Tensor loss = task_loss(t);
            const tensors gradients = torch::autograd::grad({loss}, leaves_);
            result.second += loss.item<double>();
            if (t == first) {
                result.first = gradients;
                continue;
            }
            const torch::NoGradGuard guard;
            for (std::size_t i = 0; i < gradients.size(); ++i) result.first[i] += gradients[i];
        }
        return result;
    }

    std::pair<tensors, double> all_at_once(std::int64_t first, std::int64_t last) const {
        const auto part = [&](const Tensor& x) { return x.index({Slice(first, last)}); };
        const Tensor xs = part(w_.xs), ys = part(w_.ys), xq = part(w_.xq), yq = part(w_.yq);
        tensors p;
        for (const Tensor& leaf : leaves_) {
            const Tensor row = leaf.dim() == 1 ? leaf.unsqueeze(0) : leaf;  // a bias is added to every example
            p.push_back(row.unsqueeze(0).expand({last - first, row.size(0), row.size(1)}));
        }
        for (std::int64_t k = 0; k < w_.steps; ++k) {
            const Tensor loss = w_.batched_loss(p, xs, ys);
            p = moved(p, torch::autograd::grad({loss}, p, {}, {}, w_.exact), w_.inner_rate);
        }
        const Tensor loss = w_.batched_loss(p, xq, yq);
        return {torch::autograd::grad({loss}, leaves_), loss.item<double>()};
    }

    tensors adapt(std::int64_t t) const {
        const Tensor xs = w_.xs[t], ys = w_.ys[t];
        tensors p = leaves_;
        for (std::int64_t k = 0; k < w_.steps; ++k) {
            const tensors gradients = torch::autograd::grad({w_.loss(w_.predict(p, xs), ys)}, p);
            const torch::NoGradGuard guard;
            p = moved(p, gradients, w_.inner_rate);
            for (Tensor& q : p) q.set_requires_grad(true);
        }
        return p;
    }

    double displace() {
        const tensors p = adapt(0);
        const torch::NoGradGuard guard;
        const double loss = w_.loss(w_.predict(p, w_.xq[0]), w_.yq[0]).item<double>();
        for (std::size_t i = 0; i < p.size(); ++i) leaves_[i] += (p[i] - leaves_[i]) * w_.outer_rate;
        return loss;
    }

    // eps stands inside of the root, as in Priori.
    void adam(const Tensor& g) {
        const torch::NoGradGuard guard;
        constexpr double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
        ++k_;
        m_.mul_(beta1).add_(g, 1 - beta1);
        v_.mul_(beta2).addcmul_(g, g, 1 - beta2);
        flat_.addcdiv_(m_, (v_ / (1 - std::pow(beta2, k_))).add_(eps).sqrt_(),
                       -w_.outer_rate / (1 - std::pow(beta1, k_)));
    }

    workload w_;
    bool batched_;
    int threads_;
    Tensor flat_, m_, v_;
    tensors leaves_;
    double k_ = 0;
    std::vector<std::unique_ptr<worker>> workers_;
};

// The value of "key" in one line of JSON, as text; empty if it is not there.
std::string field(const std::string& line, const std::string& key) {
    const std::size_t at = line.find("\"" + key + "\":");
    if (at == std::string::npos) return {};
    std::size_t from = at + key.size() + 3;
    while (line[from] == ' ' || line[from] == '"') ++from;
    return line.substr(from, line.find_first_of("\",}", from) - from);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s FOLDER [THREADS]\n", argv[0]);
        return 2;
    }
    const std::string folder = argv[1];
    const int threads = argc > 2 ? std::atoi(argv[2]) : 1;
    at::set_num_threads(threads);
    std::map<std::string, std::unique_ptr<rival>> made;  // of one workload at a time: all its rivals take turns
    std::string of;
    for (std::string line; std::getline(std::cin, line);) try {
            if (const std::string name = field(line, "rivals"); !name.empty()) {
                const workload w(folder + "/" + name);
                const bool batches = w.kind == "maml" && !w.is_image && w.meta_batch > 1;
                std::printf("{\"rivals\": [\"libtorch\"%s]}\n", batches ? ", \"libtorch-bmm\"" : "");
            } else if (const std::string wanted = field(line, "losses"); !wanted.empty()) {
                rival fresh(workload(folder + "/" + wanted), field(line, "rival") == "libtorch-bmm", threads);
                std::printf("{\"losses\": [");
                const char* separator = "";
                for (const double loss : fresh.losses(std::stoul(field(line, "iterations")))) {
                    std::printf("%s%.9g", separator, loss);
                    separator = ", ";
                }
                std::printf("]}\n");
            } else {
                const std::string measured = field(line, "measure"), name = field(line, "rival");
                if (of != measured) made.clear();
                of = measured;
                std::unique_ptr<rival>& it = made[name];
                if (!it) {
                    it = std::make_unique<rival>(workload(folder + "/" + measured), name == "libtorch-bmm", threads);
                    for (int i = 0; i < 3; ++i) it->iterate();
                }
                const double wanted_seconds = std::stod(field(line, "seconds"));
                const auto begin = std::chrono::steady_clock::now();
                double seconds = 0;
                std::int64_t calls = 0;
                while (calls < 2 || seconds < wanted_seconds) {
                    it->iterate();
                    ++calls;
                    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
                }
                std::printf("{\"seconds_per_task\": %.9g, \"calls\": %lld}\n",
                            seconds / static_cast<double>(calls) / static_cast<double>(it->meta_batch()),
                            static_cast<long long>(calls));
            }
            std::fflush(stdout);
        } catch (const std::exception& e) {
            std::string sentence = e.what();
            sentence = sentence.substr(0, std::min<std::size_t>(sentence.find('\n'), 200));
            std::replace_if(
                sentence.begin(), sentence.end(), [](char c) { return c == '"' || c == '\\'; }, '\'');
            std::printf("{\"error\": \"%s\"}\n", sentence.c_str());
            std::fflush(stdout);
        }
}
