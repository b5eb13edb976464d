using System.Net;

namespace IoTCentral.Hub.Devices;

internal static class Addresses
{
    /// <summary>IPv4 as IPv4, also when it came through a socket of both kinds.</summary>
    public static IPAddress Unmapped(this IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
