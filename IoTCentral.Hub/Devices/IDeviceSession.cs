using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Hub.Devices;

/// <summary>A device that is connected here, whatever it is connected by: what others may want of it.</summary>
internal interface IDeviceSession
{
    /// <summary>Of its twin, queue and connection: a device's or a module's.</summary>
    (TenantId Tenant, long Key) Id { get; }

    /// <summary>Who it is and by what it signed in.</summary>
    SignedIn Device { get; }
    bool ListensToMethods { get; }

    /// <summary>When its newest message came in: the next one is later, also on its next connection.</summary>
    DateTimeOffset LastReceived { get; }

    /// <summary>Ends it for this reason, a code of the connection log.</summary>
    void Close(string code);

    /// <summary>Sends a desired patch if the device listens to them.</summary>
    bool PushDesired(ReadOnlyMemory<byte> patch, long version);

    /// <summary>Calls a method and waits for the device's answer.</summary>
    Task<MethodAnswer> CallAsync(MethodCall call, CancellationToken ct);
    void CloudMessageWaits();
}
