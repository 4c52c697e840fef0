"""Texts, labels and addresses for the templates, in the language of the instance."""

from datasette import hookimpl

from gongkai.publish.wording.template_names import install_texts, strings_of, template_names


@hookimpl
def prepare_jinja2_environment(env, datasette):
    """Give every template, macros included, the same names."""
    install_texts(env, strings_of(datasette))
    env.globals.update(template_names(datasette))
    env.trim_blocks = env.lstrip_blocks = True
