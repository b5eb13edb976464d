using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace IoTCentral.Core.Installation;

/// <summary>Addresses as settings write them.</summary>
public static class Hosts
{
    /// <summary>Whether it stands for all addresses of the machine.</summary>
    public static bool IsAny(string address) => address is "*" or "+" or "0.0.0.0" or "::" or "[::]";

    public static bool CanListen(string address) => IsAny(address) || IPAddress.TryParse(address, out _);

    /// <summary>With the brackets that IPv6 has in addresses of pages.</summary>
    public static string InUrl(string host) =>
        IPAddress.TryParse(host, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : host;

    /// <summary>The address others can connect to: itself, or for "all" the machine's first one.</summary>
    public static string Reachable(string address) =>
        IsAny(address) ? (Local() is [var first, ..] ? first : "127.0.0.1") : address;

    /// <summary>The machine's own addresses, loopback and link-local ones left out, IPv4 first.</summary>
    public static IReadOnlyList<string> Local() =>
        [
            .. NetworkInterface
                .GetAllNetworkInterfaces()
                .Where(n => n.OperationalStatus == OperationalStatus.Up)
                .SelectMany(n => n.GetIPProperties().UnicastAddresses)
                .Select(a => a.Address)
                .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
                .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                .Select(a => a.ToString()),
        ];
}
