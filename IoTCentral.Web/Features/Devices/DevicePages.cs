using IoTCentral.Core.Access;
using IoTCentral.Web.Features.Devices.Approval;
using IoTCentral.Web.Features.Devices.Commands;
using IoTCentral.Web.Features.Devices.Groups;
using IoTCentral.Web.Features.Devices.List;
using IoTCentral.Web.Features.Devices.Overview;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Layout;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices;

/// <summary>Registers the device pages: their places in the navigation and what they need besides Core.</summary>
internal static class DevicePages
{
    public static IServiceCollection AddDevicePages(this IServiceCollection services)
    {
        services.AddScoped<DeviceListWatches>();
        services.AddScoped<ApprovalQueue>();
        services.AddScoped<OverviewReader>();
        services.AddScoped<NewestCall>();
        services.AddNavItem(
            new NavItem
            {
                Group = NavGroup.Connect,
                Order = 20,
                Path = "devices",
                Icon = Icons.Material.Outlined.Sensors,
                Texts = typeof(DeviceTexts),
                TitleKey = "Devices",
                Permission = Permission.ViewDevices,
            }
        );
        return services.AddNavItem(
            new NavItem
            {
                Group = NavGroup.Connect,
                Order = 50,
                Path = "connection-groups",
                Icon = Icons.Material.Outlined.Key,
                Texts = typeof(GroupTexts),
                TitleKey = "GroupsNav",
                Permission = Permission.ViewConnectivity,
            }
        );
    }
}
