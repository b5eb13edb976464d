using System.Net;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>The names that devices may know this hub by, besides applications' own host names.</summary>
public sealed class HubNames(HubOptions hub)
{
    /// <summary>The host this application's devices are sent to: its own if it has one, else the installation's.</summary>
    public string HostOf(Application application) => application.HostName ?? hub.PublicHost;

    /// <summary>Whether the host of a token or user name is this hub, port and case aside.</summary>
    /// <param name="local">The address the device has reached us at: always a name of ours.</param>
    public bool Includes(string host, IPAddress? local)
    {
        var name = WithoutPort(host);
        if (hub.HostNames.Any(h => string.Equals(WithoutPort(h), name, StringComparison.OrdinalIgnoreCase)))
            return true;
        if (string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        if (!IPAddress.TryParse(name, out var address))
            return false;
        return address.Equals(local?.IsIPv4MappedToIPv6 == true ? local.MapToIPv4() : local)
            || hub.Addresses.Any(a =>
                Hosts.IsAny(a) ? Hosts.Local().Contains(address.ToString()) : address.ToString() == a
            );
    }

    /// <summary><c>h:8883</c> is <c>h</c>; <c>[::1]:8883</c> is <c>::1</c>.</summary>
    public static string WithoutPort(string host)
    {
        if (host.StartsWith('['))
            return host.IndexOf(']', StringComparison.Ordinal) is > 0 and var end ? host[1..end] : host;
        var colon = host.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon == host.LastIndexOf(':') ? host[..colon] : host;
    }
}
