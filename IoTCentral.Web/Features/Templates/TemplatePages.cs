using IoTCentral.Core.Access;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Layout;
using MudBlazor;

namespace IoTCentral.Web.Features.Templates;

/// <summary>Device templates in the navigation.</summary>
internal static class TemplatePages
{
    public static IServiceCollection AddTemplatePages(this IServiceCollection services)
    {
        services.AddScoped<New.TemplateSaver>();
        return services.AddNavItem(
            new NavItem
            {
                Group = NavGroup.Connect,
                Order = 40,
                Path = "templates",
                Icon = Icons.Material.Outlined.Schema,
                Texts = typeof(TemplateTexts),
                Permission = Permission.ViewTemplates,
            }
        );
    }
}
