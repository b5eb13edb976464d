using IoTCentral.Core.Access;

namespace IoTCentral.Web.Ui.Layout;

/// <summary>The groups of the left navigation, in their order.</summary>
public enum NavGroup
{
    Connect,
    Analyze,
    Manage,
    Extend,
    Settings,
}

/// <summary>
/// One entry of the left navigation. A feature registers its own (<c>services.AddNavItem(…)</c>), so that only pages
/// that exist are shown, and only to people who may open them.
/// </summary>
public sealed record NavItem
{
    public required NavGroup Group { get; init; }

    /// <summary>Place inside its group, small first; 10, 20, … leave room.</summary>
    public required int Order { get; init; }

    /// <summary>Address below the application, e.g. <c>devices</c>; current for it and everything below.</summary>
    public required string Path { get; init; }

    /// <summary>An icon of MudBlazor, <c>Icons.Material.Outlined.…</c>.</summary>
    public required string Icon { get; init; }

    /// <summary>The class whose .resx has the title.</summary>
    public required Type Texts { get; init; }

    /// <summary>Key of the title in <see cref="Texts"/>.</summary>
    public string TitleKey { get; init; } = "NavTitle";

    /// <summary>Who sees it; null: every member.</summary>
    public Permission? Permission { get; init; }

    /// <summary>A component drawn at the end of the line, such as a count; null: nothing.</summary>
    public Type? Badge { get; init; }

    /// <summary>The most exact one that contains the address below the application; "device-groups" is not inside "devices".</summary>
    public static NavItem? Around(IEnumerable<NavItem> items, string path) =>
        items
            .Where(i => path == i.Path || path.StartsWith($"{i.Path}/", StringComparison.Ordinal))
            .MaxBy(i => i.Path.Length);
}

/// <summary>A component for the right side of the top bar (alerts bell, long operations), registered by its feature.</summary>
public sealed record TopBarItem(Type Component, int Order, Permission? Permission = null);
