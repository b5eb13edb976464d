namespace IoTCentral.Hub.Devices;

/// <summary>What clients call themselves, short enough for a line: <c>azure-iot-device-iothub-py/2.12.0</c>.</summary>
internal static class ClientName
{
    /// <summary>The property by which SDKs say it on AMQP links.</summary>
    public const string LinkProperty = "com.microsoft:client-version";

    private const int Longest = 60;

    /// <summary>Without the remarks in brackets that follow (runtime, system, machine).</summary>
    public static string Of(string? text)
    {
        var shown = string.Concat((text ?? "").Where(c => !char.IsControl(c))).Trim();
        var remarks = shown.IndexOf('(', StringComparison.Ordinal);
        if (remarks > 0)
            shown = shown[..remarks].TrimEnd();
        return shown.Length <= Longest ? shown : $"{shown[..Longest]}…";
    }
}
