/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Longest prefix by hashing: a table for each length that is in use, longest first. */
#ifndef SIM_NS3_PREFIX_TABLE_HH
#define SIM_NS3_PREFIX_TABLE_HH

#include "sim/ns3/internal.hh"

namespace ns3c_internal
{

inline uint32_t masked(uint32_t key, unsigned bits)
{
    return bits == 0 ? 0 : key & ~UINT32_C(0) << (32 - bits);
}

inline Key6 masked(const Key6 &key, unsigned bits)
{
    uint64_t high = bits == 0 ? 0 : bits >= 64 ? ~UINT64_C(0) : ~UINT64_C(0) << (64 - bits);
    uint64_t low = bits <= 64 ? 0 : ~UINT64_C(0) << (128 - bits);

    return {key.high & high, key.low & low};
}

template <typename Key, typename Hash, typename Value> class PrefixTable
{
  public:
    /* An equal prefix is replaced. */
    void set(const Key &key, unsigned bits, const Value &value)
    {
        auto length = lengths.begin();

        while (length != lengths.end() && length->bits > bits)
            length++;
        if (length == lengths.end() || length->bits != bits)
            length = lengths.insert(length, {bits, {}});
        length->entries[masked(key, bits)] = value;
    }

    /* Of the longest prefix that has the key, null if none does. */
    const Value *find(const Key &key) const
    {
        for (const Length &length : lengths) {
            auto found = length.entries.find(masked(key, length.bits));

            if (found != length.entries.end())
                return &found->second;
        }
        return nullptr;
    }

  private:
    struct Length {
        unsigned bits;
        std::unordered_map<Key, Value, Hash> entries;
    };
    std::vector<Length> lengths;
};

} // namespace ns3c_internal

#endif
