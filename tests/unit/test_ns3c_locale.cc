/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The bindings of ns-3 in a program that follows its user's locale: numbers in texts have a decimal point all
 * the same. */
#include "sim/ns3/ns3c.h"
#include "tests/tap/tap.h"

#include <clocale>
#include <locale>
#include <string>

static const char *const german = "de_DE.UTF-8";

static ns3c *new_simulator()
{
    ns3c *sim = nullptr;

    g_assert_cmpint(ns3c_new(nullptr, &sim), ==, NS3C_OK);
    return sim;
}

static const struct {
    const char *name, *value;
    ns3c_status status;
} texts[] = {
    {"ns3::RateErrorModel::ErrorRate", "0.75", NS3C_OK},
    {"ns3::RateErrorModel::ErrorRate", "+7.5e-1", NS3C_OK},
    {"ns3::RateErrorModel::ErrorRate", "0,75", NS3C_INVALID},
    {"ns3::RateErrorModel::ErrorRate", " 0.75", NS3C_INVALID},
    {"ns3::TcpBbr::HighGain", "2.5", NS3C_OK},
    {"ns3::TcpBbr::HighGain", "1000.5", NS3C_INVALID}, /* at most 1000 */
    {"ns3::TcpBbr::HighGain", "1,00", NS3C_INVALID},
    {"ns3::TcpSocketBase::MinRto", "1.5s", NS3C_OK},
    {"ns3::TcpSocketBase::MinRto", "1,5s", NS3C_INVALID},
    {"ns3::PointToPointNetDevice::DataRate", "2.5Mbps", NS3C_OK},
    {"ns3::RateErrorModel::RanVar", "ns3::ParetoRandomVariable[Scale=0.1|Bound=0.5]", NS3C_OK},
    {"ns3::RateErrorModel::RanVar", "ns3::ParetoRandomVariable[Scale=0.9|Bound=0.5]", NS3C_INVALID},
};

static void check_texts()
{
    ns3c *sim = new_simulator();

    for (const auto &text : texts) {
        ns3c_status status = ns3c_set_default(sim, text.name, text.value);

        if (status != text.status)
            g_error("%s = \"%s\": %s (%s)", text.name, text.value, ns3c_status_name(status), ns3c_error());
    }
    g_assert_cmpint(ns3c_set_default(sim, "ns3::ParetoRandomVariable::Bound", "0.5"), ==, NS3C_INVALID);
    g_assert_nonnull(strstr(ns3c_error(), "0.5;"));
    ns3c_free(sim);
}

/* --- C's locale ----------------------------------------------------------------------------------------- */

static bool succeeds(const char *const *arguments)
{
    int status;

    return g_spawn_sync(
               nullptr, const_cast<char **>(arguments), nullptr,
               (GSpawnFlags)(G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL),
               nullptr, nullptr, nullptr, nullptr, &status, nullptr) &&
           status == 0;
}

/* Machines for tests have seldom a locale with a comma, but often what makes one. */
static bool speak_german(const std::string &folder)
{
    const std::string out = folder + "/" + german;
    const char *const localedef[] = {"localedef", "-i", "de_DE", "-f", "UTF-8", out.c_str(), nullptr};

    if (setlocale(LC_ALL, german) == nullptr) {
        if (!succeeds(localedef))
            return false;
        g_setenv("LOCPATH", folder.c_str(), TRUE);
    }
    return setlocale(LC_ALL, german) != nullptr && strcmp(localeconv()->decimal_point, ",") == 0;
}

static void test_c()
{
    char *folder = g_dir_make_tmp("ns3c-locale-XXXXXX", nullptr);
    const char *const remove[] = {"rm", "-r", folder, nullptr};

    if (speak_german(folder))
        check_texts();
    else
        g_test_skip("no locale with a decimal comma, and none can be made");
    setlocale(LC_ALL, "C");
    g_unsetenv("LOCPATH");
    g_assert_true(succeeds(remove));
    g_free(folder);
}

/* --- C++'s ---------------------------------------------------------------------------------------------- */

class Numbers : public std::numpunct<char>
{
  public:
    Numbers(char point, char separator) : decimal_point(point), thousands_sep(separator)
    {
    }

  private:
    char do_decimal_point() const override
    {
        return decimal_point;
    }
    char do_thousands_sep() const override
    {
        return thousands_sep;
    }
    std::string do_grouping() const override
    {
        return "\3";
    }

    const char decimal_point, thousands_sep;
};

static void set_global(char point, char separator)
{
    std::locale::global(std::locale(std::locale::classic(), new Numbers(point, separator)));
}

static void test_cpp()
{
    ns3c *sim = nullptr;
    ns3c_node *node;

    set_global('.', ',');
    check_texts();
    sim = new_simulator();
    g_assert_cmpint(ns3c_node_new(sim, &node), ==, NS3C_OK);
    ns3c_free(sim);
    /* ns-3 would end the process at the first node. */
    set_global(',', '.');
    sim = nullptr;
    g_assert_cmpint(ns3c_new(nullptr, &sim), ==, NS3C_STATE);
    g_assert_nonnull(strstr(ns3c_error(), "decimal point"));
    g_assert_null(sim);
    std::locale::global(std::locale::classic());
    ns3c_free(new_simulator());
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3c/locale/c", test_c);
    g_test_add_func("/ns3c/locale/c++", test_cpp);
    return g_test_run();
}
