using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Access;

/// <summary>
/// Who asks, in which application, with which rights. Made at the door (page, endpoint, background loop) and handed
/// down as the first argument of every service call; nothing reads a tenant from ambient state.
/// </summary>
public sealed record Caller
{
    public required TenantId Tenant { get; init; }
    public required AuditActor Actor { get; init; }
    public required PermissionSet Permissions { get; init; }

    /// <summary>The person behind it; null for tokens and the program itself.</summary>
    public Guid? PersonId { get; init; }

    /// <summary>The program itself at work for one tenant (rules, simulation, set-up).</summary>
    public static Caller System(TenantId tenant) =>
        new()
        {
            Tenant = tenant,
            Actor = AuditActor.System,
            Permissions = PermissionSet.All,
        };

    public bool May(Permission permission) => Permissions.Has(permission);

    /// <exception cref="ForbiddenException">The caller's role does not allow it.</exception>
    public void Demand(Permission permission)
    {
        if (!Permissions.Has(permission))
            throw new ForbiddenException(
                "access.denied",
                $"Your role does not include the permission '{permission}'. Ask an administrator of this application."
            );
    }

    /// <summary>An audit row of this caller's act.</summary>
    public AuditEntry Audit(
        string action,
        string targetId,
        string? targetName = null,
        string? before = null,
        string? after = null
    ) =>
        new()
        {
            Actor = Actor,
            Action = action,
            TargetId = targetId,
            TargetName = targetName,
            Before = before,
            After = after,
        };
}
