using IoTCentral.Core.Access;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Layout;
using MudBlazor;

namespace IoTCentral.Web.Features.Alerts;

/// <summary>Alerts in the navigation and the bell in the top bar.</summary>
internal static class AlertSetup
{
    public static IServiceCollection AddAlertPages(this IServiceCollection services) =>
        services
            .AddSingleton<AlertBands>()
            .AddNavItem(
                new NavItem
                {
                    Group = NavGroup.Manage,
                    Order = 10,
                    Path = "alerts",
                    Icon = Icons.Material.Outlined.NotificationsActive,
                    Texts = typeof(AlertTexts),
                    Permission = Permission.ViewAlerts,
                    Badge = typeof(AlertCount),
                }
            )
            .AddTopBarItem(new TopBarItem(typeof(AlertBell), 10, Permission.ViewAlerts));
}
