using IoTCentral.Core.Installation;
using IoTCentral.Testing;
using IoTCentral.Web.Hosting;

namespace IoTCentral.Web.Tests.Hosting;

public sealed class MasterKeyFileTests
{
    private readonly InstallationOptions _options = new() { DataFolder = TestRun.NewFolder("master-key") };

    [Fact]
    public void The_first_start_makes_a_key_that_only_its_owner_can_read_and_later_ones_find_it()
    {
        var file = new MasterKeyFile(_options);

        var made = file.GetOrMake();
        var found = new MasterKeyFile(_options).GetOrMake();

        Assert.Equal(made.ToBase64(), found.ToBase64());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.FilePath));
    }

    [Fact]
    public void A_given_key_is_not_written_anywhere()
    {
        var given = MasterKey.New().ToBase64();
        var file = new MasterKeyFile(_options with { Security = new() { MasterKey = given } });

        Assert.Equal(given, file.GetOrMake().ToBase64());

        Assert.Empty(Directory.GetFiles(_options.DataFolder));
    }

    [Fact]
    public void Only_a_key_that_was_just_made_can_be_taken_back()
    {
        var first = new MasterKeyFile(_options);
        first.GetOrMake();
        var second = new MasterKeyFile(_options);
        second.GetOrMake();

        second.ForgetIfNew();
        Assert.True(File.Exists(first.FilePath));
        first.ForgetIfNew();
        Assert.False(File.Exists(first.FilePath));
    }

    [Fact]
    public void A_damaged_key_is_named_and_never_replaced()
    {
        var file = new MasterKeyFile(_options);
        File.WriteAllText(file.FilePath, "half a k");

        var refusal = Assert.Throws<InstallationException>(() => file.GetOrMake());

        Assert.Contains("master.key does not hold a master key", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("half a k", File.ReadAllText(file.FilePath));
    }
}
