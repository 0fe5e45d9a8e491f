#include "tests/reference.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/reference_parts.hpp"

namespace evenkeel::test {
namespace {

using namespace reference;

// [6] The strategies in one table, as the specification has them.
struct Recipe {
  std::string_view name;
  Bins (*pack_groups)(const Weights& w, int bins);
  Copies (*replicate)(const Weights& v, int slots);
  Bins (*pack_slots)(const Weights& w, const Indices& owner, int bins);
};

const Recipe kRecipes[] = {
    {"deepseek", greedy_binary32, copies_base,
     [](const Weights& w, const Indices&, int bins) { return greedy_binary32(w, bins); }},
    {"k2_swap_tail_fixup", greedy_binary64, copies_k2, pack_k2},
    {"tie_aware_allocation_and_refine_k2_second_light",
     [](const Weights& w, int bins) { return pack_tie(w, bins, 1); }, copies_tie,
     [](const Weights& w, const Indices&, int bins) { return pack_tie(w, bins, 2); }},
    {"adaptive_tail_and_diverse_gpu_tie_break",
     [](const Weights& w, int bins) { return pack_div(w, nullptr, bins); }, copies_div,
     [](const Weights& w, const Indices& owner, int bins) { return pack_div(w, &owner, bins); }},
    {"refine_packing_and_hybrid_replication",
     [](const Weights& w, int bins) { return pack_ref(w, bins, 1); }, copies_ref,
     [](const Weights& w, const Indices&, int bins) { return pack_ref(w, bins, 2); }},
    {"adaptive_tail_and_fixup", [](const Weights& w, int bins) { return pack_ref(w, bins, 1); },
     copies_ada, [](const Weights& w, const Indices&, int bins) { return pack_ref(w, bins, 2); }},
};

const Recipe* find_recipe(std::string_view strategy) {
  for (const Recipe& recipe : kRecipes) {
    if (recipe.name == strategy) return &recipe;
  }
  return nullptr;
}

// [3] With one item per bin there is nothing to pack.
Bins one_item_each(int count) { return {all(count), Indices(static_cast<std::size_t>(count), 0)}; }

// [3] One row. loads: [E]; phy2log, log2phy: [P]; logcnt: [E].
void place_row(const Recipe& recipe, bool apart, const float* loads, const Shape& shape,
               std::int32_t* phy2log, std::int32_t* logcnt, std::int32_t* log2phy) {
  const int size = shape.experts / shape.groups;
  const int groups = shape.groups / shape.nodes;
  const int experts = shape.experts / shape.nodes;
  const int slots = shape.slots / shape.nodes;
  const int gpus = shape.gpus / shape.nodes;
  const int room = shape.slots / shape.gpus;

  Weights group_loads;
  for (int k = 0; k < shape.groups; ++k) {
    group_loads.push_back(reference_sum({loads + k * size, loads + (k + 1) * size}));
  }
  const Bins node_of =
      groups == 1 ? one_item_each(shape.groups) : recipe.pack_groups(group_loads, shape.nodes);
  Indices expert_at(shape.experts);
  for (int x = 0; x < shape.experts; ++x) {
    const int k = x / size;
    expert_at[(node_of.bin[k] * groups + node_of.rank[k]) * size + x % size] = x;
  }

  Indices copy_at(shape.slots);
  for (int node = 0; node < shape.nodes; ++node) {
    const int* expert = expert_at.data() + node * experts;
    Weights v;
    for (int i = 0; i < experts; ++i) v.push_back(loads[expert[i]]);
    Copies copies = recipe.replicate(v, slots);
    if (apart) limit_copies(v, gpus, copies);
    Weights per_copy;
    for (const int owner : copies.owner) {
      per_copy.push_back(v[owner] / static_cast<float>(copies.count[owner]));
    }
    Bins gpu = room == 1 ? one_item_each(slots) : recipe.pack_slots(per_copy, copies.owner, gpus);
    if (apart) keep_apart(per_copy, copies, gpus, gpu);
    for (int s = 0; s < slots; ++s) {
      const int slot = node * slots + gpu.bin[s] * room + gpu.rank[s];
      phy2log[slot] = expert[copies.owner[s]];
      copy_at[slot] = copies.number[s];
    }
    for (int i = 0; i < experts; ++i) logcnt[expert[i]] = copies.count[i];
  }
  Indices first(shape.experts, 0);
  for (int x = 1; x < shape.experts; ++x) first[x] = first[x - 1] + logcnt[x - 1];
  for (int p = 0; p < shape.slots; ++p) log2phy[first[phy2log[p]] + copy_at[p]] = p;
}

}  // namespace

float reference_sum(const std::vector<float>& x) {
  using Vector = std::vector<float>;
  const auto add = [](Vector& into, const Vector& v) {
    for (std::size_t i = 0; i < v.size(); ++i) into[i] = into[i] + v[i];
  };
  const auto strip = [&](const std::vector<Vector>& vec) {
    const std::size_t width = vec[0].size();
    const std::size_t m = vec.size();
    const std::size_t q = m / 4;
    std::vector<Vector> part(4, Vector(width, 0.0f));
    if (q < 16) {
      for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t k = 0; k < 4; ++k) add(part[k], vec[4 * i + k]);
      }
    } else {
      const std::size_t log =
          static_cast<std::size_t>(std::ceil(std::log2(static_cast<double>(q))));
      const std::size_t p = std::max<std::size_t>(4, log / 4);
      const std::size_t step = std::size_t{1} << p;
      std::vector<std::vector<Vector>> acc(4, std::vector<Vector>(4, Vector(width, 0.0f)));
      std::size_t i = 0;
      while (i + step <= q) {
        for (std::size_t repeat = 0; repeat < step; ++repeat, ++i) {
          for (std::size_t k = 0; k < 4; ++k) add(acc[0][k], vec[4 * i + k]);
        }
        for (std::size_t j = 1; j <= 3; ++j) {
          for (std::size_t k = 0; k < 4; ++k) {
            add(acc[j][k], acc[j - 1][k]);
            acc[j - 1][k].assign(width, 0.0f);
          }
          if ((i & ((step - 1) << (j * p))) != 0) break;
        }
      }
      for (; i < q; ++i) {
        for (std::size_t k = 0; k < 4; ++k) add(acc[0][k], vec[4 * i + k]);
      }
      for (std::size_t k = 0; k < 4; ++k) {
        part[k] = acc[0][k];
        for (std::size_t j = 1; j < 4; ++j) add(part[k], acc[j][k]);
      }
    }
    for (std::size_t i = 4 * q; i < m; ++i) add(part[0], vec[i]);
    for (std::size_t k = 1; k < 4; ++k) add(part[0], part[k]);
    return part[0];
  };
  const std::size_t n = x.size();
  if (n < 8) {
    std::vector<Vector> single;
    for (const float value : x) single.push_back({value});
    return strip(single)[0];
  }
  std::vector<Vector> vectors;
  for (std::size_t i = 0; i + 8 <= n; i += 8) {
    vectors.emplace_back(x.begin() + static_cast<std::ptrdiff_t>(i),
                         x.begin() + static_cast<std::ptrdiff_t>(i + 8));
  }
  const Vector v = strip(vectors);
  float t = 0;
  for (std::size_t k = n / 8 * 8; k < n; ++k) t = t + x[k];
  for (std::size_t k = 0; k < 8; ++k) t = t + v[k];
  return t;
}

bool has_reference(std::string_view strategy) { return find_recipe(strategy) != nullptr; }

Placement reference_placement(const Loads& loads, const Shape& shape, std::string_view strategy,
                              bool apart) {
  Placement out = {shape.layers, shape.experts, shape.slots, shape.gpus, {}, {}, {}};
  out.phy2log.resize(static_cast<std::size_t>(shape.layers) * shape.slots);
  out.log2phy.resize(out.phy2log.size());
  out.logcnt.resize(static_cast<std::size_t>(shape.layers) * shape.experts);
  reference_placement_into(loads, shape, out, strategy, apart);
  return out;
}

void reference_placement_into(const Loads& loads, const Shape& shape, Placement& out,
                              std::string_view strategy, bool apart) {
  const Recipe& recipe = *find_recipe(strategy);
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    place_row(recipe, apart, loads.values.data() + i * shape.experts, shape,
              out.phy2log.data() + i * shape.slots, out.logcnt.data() + i * shape.experts,
              out.log2phy.data() + i * shape.slots);
  }
}

}  // namespace evenkeel::test
