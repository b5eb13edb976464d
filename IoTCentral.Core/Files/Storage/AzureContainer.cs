using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Files.Storage;

/// <summary>A container of Azure's blob storage. Its secret is the connection string, with the account's key or a signature.</summary>
public sealed partial record AzureContainer : StorageTarget
{
    /// <summary>As the connection string names it; empty when it does not.</summary>
    public required string Account { get; init; }
    public required string Container { get; init; }

    public override string Place => $"azure:{Account}/{Container}";

    public static AzureContainer Of(string connectionString, string container) =>
        new()
        {
            Account = StorageText.Parts(connectionString).GetValueOrDefault("AccountName", ""),
            Container = container,
            Secret = connectionString.Trim(),
        };

    internal override IEnumerable<Fault> Faults()
    {
        var parts = StorageText.Parts(Secret);
        if (Account.Length == 0 || !(parts.ContainsKey("AccountKey") || parts.ContainsKey("SharedAccessSignature")))
            yield return new(
                "connectionString",
                "Give the connection string of a storage account, with AccountName and AccountKey or SharedAccessSignature."
            );
        if (Container.Length > 63 || !ContainerName().IsMatch(Container))
            yield return new(
                "container",
                "The name of a container has 3 to 63 lower-case letters, digits and single hyphens."
            );
    }

    internal override JsonObject Describe() => new() { ["account"] = Account, ["container"] = Container };

    [GeneratedRegex("^[a-z0-9](-?[a-z0-9]){2,62}$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ContainerName();
}
