using IoTCentral.Core.Access;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Layout;
using MudBlazor;

namespace IoTCentral.Web.Features.Rules;

/// <summary>Rules in the navigation.</summary>
internal static class RuleSetup
{
    public static IServiceCollection AddRulePages(this IServiceCollection services) =>
        services.AddNavItem(
            new NavItem
            {
                Group = NavGroup.Manage,
                Order = 20,
                Path = "rules",
                Icon = Icons.Material.Outlined.Rule,
                Texts = typeof(RulePageTexts),
                Permission = Permission.ViewRules,
            }
        );
}
