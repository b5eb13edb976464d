using System.Net;
using System.Net.Sockets;

namespace IoTCentral.Web.Security;

/// <summary>How often passwords may be tried, by account and by network address.</summary>
internal sealed class SignInLimits(TimeProvider time)
{
    private string? _nobodysHash;

    /// <summary>Ten in 15 minutes: beyond, an account answers as if the password were wrong. Unknown accounts too.</summary>
    public AttemptLimiter Accounts { get; } = new(10, TimeSpan.FromSeconds(90), time);

    /// <summary>An office behind one address gets 20 wrong ones, then one every 15 s.</summary>
    public AttemptLimiter Addresses { get; } = new(20, TimeSpan.FromSeconds(15), time);

    /// <summary>Hash of a password that nobody has; made once.</summary>
    public string NobodysHash(Func<string> make) => _nobodysHash ??= make();

    /// <summary>One household of IPv6 has a whole /64.</summary>
    public string KeyOf(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
