using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Commands;

/// <summary>The commands that were run on devices.</summary>
public interface ICommandStore
{
    /// <exception cref="NotFoundException"><c>device.not-found</c>.</exception>
    Task AddAsync(TenantId tenant, CommandCall call, AuditEntry audit, CancellationToken ct);

    /// <summary>State, answer and end of a call that is there.</summary>
    Task EndAsync(TenantId tenant, CommandCall call, CancellationToken ct);

    /// <summary>Newest first; <paramref name="path"/> null: of all commands of the device.</summary>
    Task<Page<CommandCall>> ListAsync(
        TenantId tenant,
        long deviceKey,
        CapabilityPath? path,
        (string? After, int Limit) page,
        CancellationToken ct
    );
}
