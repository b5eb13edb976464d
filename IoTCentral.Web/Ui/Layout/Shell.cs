using System.Security.Claims;
using IoTCentral.Core.Access;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Security;

namespace IoTCentral.Web.Ui.Layout;

/// <summary>What the frame around a page of an application needs: which application, who asks, and where else they may go.</summary>
public sealed record Shell
{
    public required Application Application { get; init; }
    public required Caller Caller { get; init; }
    public required Person Person { get; init; }
    public required IReadOnlyList<Application> Applications { get; init; }
}

/// <summary>Finds the frame of a person in an application; membership is asked for anew at each navigation.</summary>
public sealed class ShellReader(ICallerSource callers, IAccessStore access)
{
    /// <summary>Null when there is no such application or the person is no member of it, which is told the same way.</summary>
    /// <param name="address">Where the person asks from, for the audit log.</param>
    public async Task<Shell?> FindAsync(ClaimsPrincipal person, string slug, string? address, CancellationToken ct)
    {
        if (person.PersonId() is not { } id)
            return null;
        if (await callers.FindAsync(id, slug, address, ct) is not { } here)
            return null;
        var memberships = await access.MembershipsOfAsync(id, ct);
        return new Shell
        {
            Application = here.Application,
            Caller = here.Caller,
            Person = here.Person,
            Applications = [.. memberships.Select(m => m.Application).Where(a => !a.IsSuspended)],
        };
    }
}
