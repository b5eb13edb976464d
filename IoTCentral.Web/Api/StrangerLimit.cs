using System.Net;
using IoTCentral.Core.Installation;
using IoTCentral.Web.Security;

namespace IoTCentral.Web.Api;

/// <summary>Says that this call came from an address whose calls without a good token are too many.</summary>
internal sealed record TooManyCalls(TimeSpan Wait);

/// <summary>
/// Calls without a good token, by network address: as many as the programs of one application may make. A call counts
/// before its token is looked up and no longer when the token is good, so that guessing costs no storage.
/// </summary>
internal sealed class StrangerLimit(InstallationOptions options, SignInLimits keys, TimeProvider time)
{
    private readonly AttemptLimiter? _calls = options.Limits.ApiRequestsPerSecond is > 0 and var perSecond
        ? new(perSecond, TimeSpan.FromSeconds(1) / perSecond, time)
        : null;

    public bool TryTake(IPAddress? address, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        return _calls is null || _calls.TryTake(keys.KeyOf(address), out wait);
    }

    public void GiveBack(IPAddress? address) => _calls?.GiveBack(keys.KeyOf(address));
}
