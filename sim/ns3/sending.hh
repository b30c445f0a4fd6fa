/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* When a device sends: how much of each whole second of the simulation's. */
#ifndef SIM_NS3_SENDING_HH
#define SIM_NS3_SENDING_HH

#include <algorithm>
#include <cstdint>

namespace ns3c_internal
{

class Sending
{
  public:
    /* It sends from start_ns on, not before the end of what it sent last. */
    void add(int64_t start_ns, int64_t takes_ns)
    {
        end_ns = start_ns + takes_ns;
        while (end_ns > second_ns + second) {
            int64_t next_ns = std::max(second_ns + second, start_ns / second * second);

            in_second_ns += std::max<int64_t>(second_ns + second - start_ns, 0);
            max_ns = std::max(max_ns, in_second_ns);
            start_ns = std::max(start_ns, second_ns + second);
            second_ns = next_ns;
            in_second_ns = 0;
        }
        in_second_ns += end_ns - start_ns;
    }
    /* Has a packet that comes now to wait? */
    bool busy(int64_t now_ns) const
    {
        return now_ns < end_ns;
    }
    /* The most of any whole second. */
    int64_t second_max_ns() const
    {
        return std::max(max_ns, in_second_ns);
    }

  private:
    static constexpr int64_t second = 1000000000;

    int64_t end_ns = 0;       /* of what is sent last */
    int64_t second_ns = 0;    /* start of the second that this is in */
    int64_t in_second_ns = 0; /* of that second it sends so long */
    int64_t max_ns = 0;
};

} // namespace ns3c_internal

#endif
