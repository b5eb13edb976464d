using System.Text.RegularExpressions;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Files.Storage;

/// <summary>What a person gives for a storage, and what of it may be shown.</summary>
public static partial class StorageText
{
    /// <summary>IoT Central's.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>What is shown of a secret.</summary>
    public const string Stars = "*****";

    /// <summary>Name and value of each part of a connection string.</summary>
    public static IReadOnlyDictionary<string, string> Parts(string connectionString)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=', 2) is [var name, var value])
                parts[name.Trim()] = value.Trim();
        }

        return parts;
    }

    /// <summary>A connection string with stars for what is secret.</summary>
    public static string Masked(string connectionString) =>
        Secret().Replace(connectionString, m => $"{m.Groups["name"].Value}={Stars}");

    internal static IEnumerable<Fault> FaultsOf(FileStorage storage)
    {
        foreach (var fault in storage.Target.Faults())
            yield return fault;
        if (storage.SasTtl < Shortest || storage.SasTtl > Longest)
            yield return new("sasTtl", "An upload may take between 1 hour and 24 hours (PT1H to P1D).");
    }

    [GeneratedRegex(
        "(?<name>AccountKey|SharedAccessSignature) *=[^;]*",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex Secret();
}
