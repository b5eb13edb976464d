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

public enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>A condition on devices that is put together freely, as programs ask for it.</summary>
public abstract record DeviceExpression
{
    private DeviceExpression() { }

    public sealed record Both(DeviceExpression Left, DeviceExpression Right) : DeviceExpression;

    public sealed record Any(DeviceExpression Left, DeviceExpression Right) : DeviceExpression;

    /// <param name="Value">Text, or a boolean for what is or is not; null: nothing there.</param>
    public sealed record Compare(DeviceField Field, Comparison Comparison, object? Value) : DeviceExpression;

    /// <summary>The place where the text begins inside the field, from 0; −1 when it is not there.</summary>
    public sealed record IndexOf(DeviceField Field, string Text, Comparison Comparison, int Place) : DeviceExpression;
}
