namespace IoTCentral.Core.Access;

/// <summary>Something a role allows. The name is the policy's name on pages and endpoints.</summary>
public enum Permission
{
    ViewApplication,
    ManageApplication,
    ManagePeople,
    ManageTokens,
    ViewTemplates,
    ManageTemplates,
    ViewDevices,
    CreateDevices,
    UpdateDevices,
    DeleteDevices,
    ViewRawData,
    ExecuteCommands,
    ViewConnectivity,
    ManageConnectivity,
    ViewDashboards,
    ManageDashboards,
    ViewRules,
    ManageRules,
    ViewAlerts,
    HandleAlerts,
    ViewAudit,
    ViewFiles,
    ManageFiles,
}

/// <summary>A set of permissions as bits; cheap to copy and to ask.</summary>
public readonly record struct PermissionSet(ulong Bits)
{
    public static PermissionSet All { get; } = Of(Enum.GetValues<Permission>());

    public static PermissionSet Of(params ReadOnlySpan<Permission> permissions)
    {
        ulong bits = 0;
        foreach (var permission in permissions)
            bits |= 1UL << (int)permission;
        return new(bits);
    }

    public bool Has(Permission permission) => (Bits & (1UL << (int)permission)) != 0;

    public PermissionSet Without(params ReadOnlySpan<Permission> permissions) => new(Bits & ~Of(permissions).Bits);
}

/// <summary>A named set of permissions. The built-in ids are IoT Central's, since scripts carry them.</summary>
public sealed record Role(string Id, string Name, PermissionSet Permissions)
{
    public static Role Administrator { get; } =
        new("ca310b8d-2f4a-44e0-a36e-957c202cd8d4", "Administrator", PermissionSet.All);

    public static Role Builder { get; } =
        new(
            "344138e9-8de4-4497-8c54-5237e96d6aaf",
            "Builder",
            PermissionSet.All.Without(
                Permission.ManageApplication,
                Permission.ManagePeople,
                Permission.ManageTokens,
                Permission.ManageConnectivity,
                Permission.ViewAudit
            )
        );

    public static Role Operator { get; } =
        new(
            "ae2c9854-393b-4f97-8c42-479d70ce626e",
            "Operator",
            PermissionSet.Of(
                Permission.ViewApplication,
                Permission.ViewTemplates,
                Permission.ViewDevices,
                Permission.CreateDevices,
                Permission.UpdateDevices,
                Permission.DeleteDevices,
                Permission.ViewRawData,
                Permission.ExecuteCommands,
                Permission.ViewConnectivity,
                Permission.ViewDashboards,
                Permission.ViewRules,
                Permission.ViewAlerts,
                Permission.HandleAlerts,
                Permission.ViewFiles,
                Permission.ManageFiles
            )
        );

    public static IReadOnlyList<Role> BuiltIn { get; } = [Administrator, Builder, Operator];

    /// <summary>The built-in role with this id or English name (any case), or null.</summary>
    public static Role? Find(string idOrName) =>
        BuiltIn.FirstOrDefault(r =>
            r.Id == idOrName || string.Equals(r.Name, idOrName, StringComparison.OrdinalIgnoreCase)
        );
}
