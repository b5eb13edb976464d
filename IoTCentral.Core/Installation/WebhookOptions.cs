using System.Net;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Installation;

/// <summary>Where webhooks may go besides the public internet.</summary>
public sealed record WebhookOptions
{
    /// <summary>Private networks in CIDR form, e.g. <c>10.1.0.0/16</c>; empty: none.</summary>
    public IReadOnlyList<string> AllowedPrivateNetworks { get; init; } = [];

    /// <summary>The networks, without those that cannot be read.</summary>
    public IReadOnlyList<IPNetwork> Networks =>
        [.. AllowedPrivateNetworks.Where(n => IPNetwork.TryParse(n, out _)).Select(IPNetwork.Parse)];

    internal IEnumerable<Fault> Faults() =>
        AllowedPrivateNetworks
            .Where(n => !IPNetwork.TryParse(n, out _))
            .Select(n => new Fault(
                "Webhooks:AllowedPrivateNetworks",
                $"'{n}' is no network such as 10.1.0.0/16 (its host bits must be 0)."
            ));
}
