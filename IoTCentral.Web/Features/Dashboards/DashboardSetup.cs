using IoTCentral.Core.Access;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Layout;
using MudBlazor;

namespace IoTCentral.Web.Features.Dashboards;

/// <summary>Dashboards in the navigation.</summary>
internal static class DashboardSetup
{
    public static IServiceCollection AddDashboards(this IServiceCollection services) =>
        services.AddNavItem(
            new NavItem
            {
                Group = NavGroup.Connect,
                Order = 10,
                Path = "dashboards",
                Icon = Icons.Material.Outlined.Dashboard,
                Texts = typeof(DashboardTexts),
                Permission = Permission.ViewDashboards,
            }
        );
}
