namespace IoTCentral.Web.Features.Devices.Groups;

/// <summary>Addresses of connection groups, below the application.</summary>
internal static class GroupAddress
{
    public const string List = "connection-groups";

    public static string Of(string groupId) => $"{List}/{Uri.EscapeDataString(groupId)}";
}
