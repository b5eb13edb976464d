using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;

namespace IoTCentral.Web.Hosting.Commands;

internal sealed class AppCreateCommand : InstallationCommand
{
    public override IReadOnlyList<string> Name => ["app", "create"];

    public override string Usage => "app create --name NAME [--id ID] [--id-scope SCOPE] [--group-key KEY]";

    public override string Purpose => "makes an application, prints its ID scope";

    public override IReadOnlyList<string> Options => ["name", "id", "id-scope", "group-key"];

    public override IReadOnlyList<string> Required => ["name"];

    protected override bool MakesInstallation => true;

    protected override async Task RunAsync(CommandInput input, IServiceProvider services, CancellationToken ct)
    {
        var wish = new ApplicationWish
        {
            Name = input.Option("name")!,
            Slug = input.Option("id"),
            IdScope = input.Option("id-scope"),
            GroupKey = input.Option("group-key"),
        };
        var registry = services.GetRequiredService<ApplicationRegistry>();
        var application = await registry.CreateAsync(wish, AuditActor.CommandLine, ct);
        // the ID scope alone on standard output, for scripts
        await Console.Error.WriteLineAsync($"Application '{application.Slug}' is made.");
        Console.WriteLine(application.IdScope);
    }
}
