using System.Globalization;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>Texts that look right for a name.</summary>
internal static class TextGuess
{
    private static readonly string[] Makers =
    [
        "Northwind Controls",
        "Fabrikam Devices",
        "Contoso Instruments",
        "Adatum Systems",
    ];

    public static string Of(string name, ulong seed)
    {
        var words = NameGuess.InWords(name).ToLowerInvariant();
        if (Has("serial"))
            return $"SN-{Number(100_000, 999_999)}";
        if (Has("manufacturer") || Has("vendor"))
            return Pick(Makers);
        if (Has("firmware") || Has("version"))
            return $"{Number(1, 5)}.{Number(0, 10)}.{Number(0, 20)}";
        if (Has("model"))
            return $"{Pick("MX", "TR", "PS", "CL")}-{Number(10, 99)}0";
        if (Has("os "))
            return "Linux";
        if (Has("architecture"))
            return "arm64";
        if (Has("mail"))
            return "someone@example.com";
        if (Has("ip address"))
            return $"192.0.2.{Number(1, 254)}";
        return Has("status") || Has("state") ? "ok" : Pick("alpha", "bravo", "charlie", "delta");

        bool Has(string word) => words.Contains(word, StringComparison.Ordinal);
        string Pick(params string[] choices) => choices[(int)(Noise.Unit(seed, 1) * choices.Length)];
        string Number(int min, int max) =>
            ((int)Noise.Between(seed, max, min, max)).ToString(CultureInfo.InvariantCulture);
    }
}
