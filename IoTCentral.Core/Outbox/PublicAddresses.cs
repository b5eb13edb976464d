using System.Net;
using System.Net.Sockets;

namespace IoTCentral.Core.Outbox;

/// <summary>
/// Which addresses webhooks may reach: public ones, and private networks that the installation allows. Everything else
/// (loopback, private, link-local, metadata of clouds, …) could be a way into the machine's own network.
/// </summary>
public sealed class PublicAddresses(IReadOnlyList<IPNetwork> allowed)
{
    // RFC 6890 and its registry (IANA special-purpose addresses)
    private static readonly IPNetwork[] SpecialIPv4 =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            // Azure's platform address, public by number only
            "168.63.129.16/32",
        }.Select(IPNetwork.Parse),
    ];

    // Only 2000::/3 is public; of it not: protocol assignments with Teredo, documentation, 6to4 (which wraps IPv4).
    private static readonly IPNetwork GlobalIPv6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] SpecialIPv6 =
    [
        .. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse),
    ];

    public bool MayReach(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IsPublic(plain) || allowed.Any(n => n.Contains(plain));
    }

    private static bool IsPublic(IPAddress address) =>
        address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !SpecialIPv4.Any(n => n.Contains(address)),
            AddressFamily.InterNetworkV6 => GlobalIPv6.Contains(address) && !SpecialIPv6.Any(n => n.Contains(address)),
            _ => false,
        };
}
