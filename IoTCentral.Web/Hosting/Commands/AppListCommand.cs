using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Hosting.Commands;

internal sealed class AppListCommand : InstallationCommand
{
    public override IReadOnlyList<string> Name => ["app", "list"];

    public override string Usage => "app list";

    public override string Purpose => "prints id, ID scope and name of each application";

    protected override async Task RunAsync(CommandInput input, IServiceProvider services, CancellationToken ct)
    {
        foreach (var application in await services.GetRequiredService<ITenantStore>().ListAsync(ct))
        {
            Console.WriteLine($"{application.Slug}\t{application.IdScope}\t{application.Name}");
        }
    }
}
