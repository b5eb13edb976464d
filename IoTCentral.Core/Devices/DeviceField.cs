namespace IoTCentral.Core.Devices;

/// <summary>What a device is asked about in a condition.</summary>
public enum DeviceField
{
    Id,
    DisplayName,
    Template,
    Enabled,
    Provisioned,
    Simulated,

    /// <summary>Public id of its organization.</summary>
    Organization,
}
