using System.Text.RegularExpressions;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Files.Storage;

/// <summary>What a person gives for a storage: the connection string of an account, and a container in it.</summary>
public static partial class StorageText
{
    /// <summary>IoT Central's.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>Name and value of each part.</summary>
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

    /// <summary>With stars for what is secret.</summary>
    public static string Masked(string connectionString) =>
        Secret().Replace(connectionString, m => $"{m.Groups["name"].Value}=*****");

    internal static IEnumerable<Fault> FaultsOf(FileStorage storage)
    {
        var parts = Parts(storage.ConnectionString);
        if (
            storage.Account.Length == 0
            || !(parts.ContainsKey("AccountKey") || parts.ContainsKey("SharedAccessSignature"))
        )
            yield return new(
                "connectionString",
                "Give the connection string of a storage account, with AccountName and AccountKey or SharedAccessSignature."
            );
        if (storage.Container.Length > 63 || !Container().IsMatch(storage.Container))
            yield return new(
                "container",
                "The name of a container has 3 to 63 lower-case letters, digits and single hyphens."
            );
        if (storage.SasTtl < Shortest || storage.SasTtl > Longest)
            yield return new("sasTtl", "An upload may take between 1 hour and 24 hours (PT1H to P1D).");
    }

    [GeneratedRegex(
        "(?<name>AccountKey|SharedAccessSignature) *=[^;]*",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex Secret();

    [GeneratedRegex("^[a-z0-9](-?[a-z0-9]){2,62}$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Container();
}
