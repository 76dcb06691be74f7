// GuobanRender
