using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Live;

/// <summary>The last value of one signal, as it is kept.</summary>
public sealed record SignalValue(long DeviceKey, string Component, LastValue Value);

/// <summary>Last values of signals that have not been replaced for a while.</summary>
public interface ILastValueStore
{
    Task<IReadOnlyList<SignalValue>> FindAsync(TenantId tenant, IReadOnlyList<long> deviceKeys, CancellationToken ct);

    /// <summary>Each replaces an older one, never a newer; those of deleted devices are passed over.</summary>
    Task SaveAsync(TenantId tenant, IReadOnlyList<SignalValue> values, CancellationToken ct);
}
