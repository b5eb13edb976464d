using System.Security.Claims;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Ui.Layout;

/// <summary>What the frame around a page of an application needs: which application, who asks, and where else they may go.</summary>
public sealed record Shell
{
    public required Application Application { get; init; }
    public required Caller Caller { get; init; }
    public required IReadOnlyList<Application> Applications { get; init; }
}

/// <summary>Finds the frame of a person in an application; membership is looked up anew at each navigation.</summary>
public sealed class ShellReader(IAccessStore access)
{
    /// <summary>Null when there is no such application or the person is no member of it, which is told the same way.</summary>
    public async Task<Shell?> FindAsync(ClaimsPrincipal person, string slug, CancellationToken ct)
    {
        if (!Guid.TryParse(person.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
            return null;
        var memberships = await access.MembershipsOfAsync(id, ct);
        var here = memberships.FirstOrDefault(m => m.Application.Slug == slug);
        if (
            here.Application is null
            || here.Application.IsSuspended
            || Role.Find(here.Membership.RoleId) is not { } role
        )
            return null;
        return new Shell
        {
            Application = here.Application,
            Caller = new Caller
            {
                Tenant = here.Application.TenantId,
                Actor = new AuditActor("person", id.ToString(), person.Identity?.Name ?? id.ToString()),
                Permissions = role.Permissions,
                PersonId = id,
            },
            Applications = [.. memberships.Select(m => m.Application)],
        };
    }
}
