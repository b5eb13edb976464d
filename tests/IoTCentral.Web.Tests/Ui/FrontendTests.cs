using System.Diagnostics;

namespace IoTCentral.Web.Tests.Ui;

/// <summary>The browser modules have tests of their own, in their own language; Node is needed for the build anyway.</summary>
public sealed class FrontendTests
{
    [Fact]
    public async Task The_browser_modules_pass_their_own_tests()
    {
        var folder = Repository.File("IoTCentral.Web/frontend");
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        start.ArgumentList.Add("--test");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "tests"), "*.test.mjs"))
            start.ArgumentList.Add(file);

        using var node = Process.Start(start)!;
        var output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(node.ExitCode == 0, output);
    }
}
